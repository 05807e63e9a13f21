import { fill, h } from '../dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 260;
/** Room around the plot: values to the left, names below. */
const ROOM = { top: 22, right: 16, bottom: 40, left: 44 };
/** Narrower than this a chart is not read but guessed. */
const LEAST_WIDTH = 260;
const TICKS = 4;

/**
 * A chart that is drawn to the width of its place, and again when that changes. The picture is one image for screen
 * readers; what it shows is in the table beside it.
 *
 * @param {{ label: string, series: readonly string[], highest: number, format: (value: number) => string,
 *   draw: (plot: object) => Node[] }} chart `draw` gets the plot's edges and `y`, from a value to a place
 */
export function chartFrame({ label, series, highest, format, draw }) {
  const place = h('div', { class: 'chart' });
  const top = niceTop(highest);
  let drawn = 0;
  const observer = new ResizeObserver(() => {
    const width = Math.max(LEAST_WIDTH, place.clientWidth);
    if (width === drawn) return;
    drawn = width;
    const plot = { left: ROOM.left, right: width - ROOM.right, top: ROOM.top, bottom: HEIGHT - ROOM.bottom };
    const y = (value) => plot.bottom - (value / top) * (plot.bottom - plot.top);
    const picture = s('svg', { width, height: HEIGHT, role: 'img', 'aria-label': label });
    picture.append(...axis(plot, top, y, format), ...draw({ ...plot, y }));
    fill(place, picture);
  });
  observer.observe(place);
  const names = series.map((name, index) =>
    h('li', {}, h('span', { class: `key series-${index}`, 'aria-hidden': 'true' }), name),
  );
  return h(
    'figure',
    { class: 'card plot' },
    h('ul', { class: 'legend', 'aria-label': 'Legend' }, ...names),
    place,
  );
}

/** An SVG element; `tip` is shown when the pointer rests on it. */
export function s(tag, attributes = {}, ...children) {
  const { tip, ...own } = attributes;
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(own)) element.setAttribute(name, String(value));
  element.append(...children);
  if (tip) element.append(s('title', {}, tip));
  return element;
}

function axis({ left, right }, top, y, format) {
  return Array.from({ length: TICKS + 1 }, (_, index) => (top * index) / TICKS).flatMap((value) => [
    s('line', { class: 'grid', x1: left, x2: right, y1: y(value), y2: y(value) }),
    s('text', { class: 'tick', x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }, format(value)),
  ]);
}

/** The next of 1, 2, 4, 6, 8 or 10 times a power of ten, so that the ticks are round numbers. */
function niceTop(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 4, 6, 8, 10].find((step) => step * power >= value * 0.999);
}
