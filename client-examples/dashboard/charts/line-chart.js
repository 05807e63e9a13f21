import { chartFrame, s } from './frame.js';

/** Room that a name below the plot needs, px. */
const NAME_WIDTH = 70;
/** Half a name, px. */
const HALF_NAME = 24;

/**
 * A line for each series over the same places; a place without a value breaks the line.
 *
 * @param {{ label: string, names: readonly string[], format: (value: number) => string,
 *   lines: readonly { name: string, values: readonly (number | null)[], tips: readonly string[] }[] }} chart
 */
export function lineChart({ label, names, lines, format }) {
  const highest = Math.max(0, ...lines.flatMap(({ values }) => values.filter((value) => value !== null)));
  return chartFrame({
    label,
    series: lines.map(({ name }) => name),
    highest,
    format,
    draw: ({ left, right, bottom, y }) => {
      const width = (right - left) / names.length;
      const x = (index) => left + (index + 0.5) * width;
      // The last name does not run over the edge.
      const nameAt = (index) => Math.min(x(index), right - HALF_NAME);
      const every = Math.ceil(NAME_WIDTH / width);
      const below = names.flatMap((name, index) =>
        index % every === 0
          ? [s('text', { class: 'name', x: nameAt(index), y: bottom + 20, 'text-anchor': 'middle' }, name)]
          : [],
      );
      return [...below, ...lines.flatMap((line, series) => lineWith(line, series, x, y))];
    },
  });
}

function lineWith({ values, tips }, series, x, y) {
  const points = values.flatMap((value, index) =>
    value === null ? [] : [{ index, cx: x(index), cy: y(value), tip: tips[index] }],
  );
  const path = points
    .map(({ index, cx, cy }, place) => `${points[place - 1]?.index === index - 1 ? 'L' : 'M'}${cx} ${cy}`)
    .join('');
  return [
    s('path', { class: `line series-${series}`, d: path }),
    ...points.map(({ cx, cy, tip }) => s('circle', { class: `point series-${series}`, cx, cy, r: 4.5, tip })),
  ];
}
