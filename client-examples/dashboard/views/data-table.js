import { h } from '../dom.js';

/**
 * The figures behind a chart, folded away until somebody asks for them.
 *
 * @param {string} title
 * @param {readonly string[]} head
 * @param {readonly (readonly (string | number)[])[]} rows the first cell of each names it
 */
export function tableOf(title, head, rows) {
  return h(
    'details',
    { class: 'plot-table' },
    h('summary', {}, `${title}, as a table`),
    h(
      'div',
      { class: 'card table' },
      h(
        'table',
        {},
        h('caption', { class: 'unseen' }, title),
        h('thead', {}, h('tr', {}, ...head.map((name) => h('th', { scope: 'col' }, name)))),
        h(
          'tbody',
          {},
          ...rows.map(([name, ...cells]) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, name),
              ...cells.map((cell, index) => h('td', { 'data-label': head[index + 1] }, cell)),
            ),
          ),
        ),
      ),
    ),
  );
}
