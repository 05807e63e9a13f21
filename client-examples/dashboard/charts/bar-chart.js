import { chartFrame, s } from './frame.js';

/** Share of a group's width that its bars take, and the widest that one bar gets. */
const FILLED = 0.72;
const WIDEST = 56;
/** Narrower bars have no room for their value. */
const LABELLED_FROM = 26;
/** Narrower groups have no room for their detail in full. */
const DETAILED_FROM = 72;

/**
 * Groups of bars beside each other, one bar for each series.
 *
 * @param {{ label: string, series: readonly string[], format: (value: number) => string,
 *   groups: readonly { name: string, detail: string, shortDetail: string, bars: readonly { value: number, error: number | null }[] }[] }} chart
 *   `error` is drawn as a line from value - error to value + error
 */
export function barChart({ label, series, groups, format }) {
  const highest = Math.max(
    0,
    ...groups.flatMap(({ bars }) => bars.map(({ value, error }) => value + (error ?? 0))),
  );
  return chartFrame({
    label,
    series,
    highest,
    format,
    draw: ({ left, right, bottom, y }) => {
      const width = (right - left) / groups.length;
      const bar = Math.min(WIDEST, (width * FILLED) / series.length);
      return groups.flatMap(({ name, detail, shortDetail, bars }, index) => {
        const below = width < DETAILED_FROM ? shortDetail : detail;
        const middle = left + (index + 0.5) * width;
        const start = middle - (bar * series.length) / 2;
        return [
          ...bars.flatMap((one, place) =>
            barWith(
              { ...one, tip: `${name}, ${series[place]}: ${format(one.value)}` },
              { x: start + place * bar, bar, bottom, y, place, format },
            ),
          ),
          s('text', { class: 'name', x: middle, y: bottom + 18, 'text-anchor': 'middle' }, name),
          s('text', { class: 'tick', x: middle, y: bottom + 33, 'text-anchor': 'middle' }, below),
        ];
      });
    },
  });
}

function barWith({ value, error, tip }, { x, bar, bottom, y, place, format }) {
  const gap = Math.min(3, bar * 0.1);
  const middle = x + bar / 2;
  const parts = [
    s('rect', {
      class: `series-${place}`,
      x: x + gap,
      y: y(value),
      width: bar - 2 * gap,
      height: Math.max(0, bottom - y(value)),
      rx: 2,
      tip,
    }),
  ];
  const top = y(value + (error ?? 0));
  if (error !== null)
    parts.push(
      s('line', { class: 'error', x1: middle, x2: middle, y1: top, y2: Math.min(bottom, y(value - error)) }),
    );
  if (bar >= LABELLED_FROM)
    parts.push(s('text', { class: 'value', x: middle, y: top - 6, 'text-anchor': 'middle' }, format(value)));
  return parts;
}
