import { lineChart } from '../charts/line-chart.js';
import { h } from '../dom.js';
import { count, percent, shortDay, words } from '../format.js';
import { tableOf } from './data-table.js';

/** More lines are told apart by nobody. */
const MOST_VERSIONS = 4;

/** What became of the picks of each version of the weights, over the weeks. */
export function outcomeSection(byWeek, byVersion) {
  const heading = h('h2', { id: 'outcomes' }, 'What became of past picks');
  if (byVersion.length === 0)
    return h(
      'section',
      { 'aria-labelledby': 'outcomes' },
      heading,
      h(
        'p',
        { class: 'muted' },
        'No picks yet: run ',
        h('a', { href: '#/jobs' }, '“Generate series recommendations”'),
        '.',
      ),
    );
  const weeks = [...new Set(byWeek.map(({ week }) => week))].sort();
  const versions = byVersion
    .map(({ weightsVersion }) => ({
      weightsVersion,
      own: byWeek.filter((row) => row.weightsVersion === weightsVersion),
    }))
    .sort((a, b) => (lastWeek(a) < lastWeek(b) ? 1 : -1))
    .slice(0, MOST_VERSIONS);
  const lines = versions.map(({ weightsVersion, own }) => {
    const rows = weeks.map((week) => own.find((row) => row.week === week));
    return {
      name: weightsVersion,
      values: rows.map((row) => row?.startedShare ?? null),
      tips: rows.map((row, index) =>
        row ? `${shortDay(weeks[index])}, ${weightsVersion}: ${row.started} of ${row.shown} started` : '',
      ),
    };
  });
  return h(
    'section',
    { 'aria-labelledby': 'outcomes' },
    heading,
    h(
      'p',
      { class: 'muted' },
      'Share of the picks that were started while they were shown, by the week in which they first were.',
    ),
    lineChart({
      label:
        'Share of started picks by week and version of the weights, as lines; the tables below hold the figures.',
      names: weeks.map(shortDay),
      lines,
      format: percent,
    }),
    outcomeTable('By version of the weights', 'Version', byVersion, ({ weightsVersion }) => weightsVersion),
    outcomeTable(
      'By week and version',
      'Week',
      byWeek,
      ({ week, weightsVersion }) => `${shortDay(week)}, ${weightsVersion}`,
    ),
  );
}

function outcomeTable(title, first, rows, nameOf) {
  const fields = ['shown', 'inLibrary', 'started', 'kept', 'finished'];
  return tableOf(
    title,
    [first, ...fields.map(words), 'Started share'],
    rows.map((row) => [nameOf(row), ...fields.map((field) => count(row[field])), percent(row.startedShare)]),
  );
}

function lastWeek({ own }) {
  return (
    own
      .map(({ week }) => week)
      .sort()
      .at(-1) ?? ''
  );
}
