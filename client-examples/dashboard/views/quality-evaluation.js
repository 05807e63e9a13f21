import { barChart } from '../charts/bar-chart.js';
import { fill, h } from '../dom.js';
import { count, figure, percent, when } from '../format.js';
import { tableOf } from './data-table.js';

/** Metrics of an evaluation, with what each says. */
const METRICS = {
  ndcg: { name: 'NDCG@10', says: 'how high what they watched next is ranked', format: figure },
  recall: { name: 'Recall@20', says: 'how much of what they watched next is in the list', format: percent },
  hitRate: {
    name: 'Hit rate',
    says: 'for how many viewers something they watched next is in the first 10',
    format: percent,
  },
  coverage: { name: 'Coverage', says: 'how much of the catalog is in anybody’s list', format: percent },
  novelty: { name: 'Novelty', says: 'how little known here the listed series are, in bits', format: figure },
  diversity: { name: 'Diversity', says: 'how unlike each other the series of a list are', format: figure },
};
/** Names of the cohorts: how many series were known of a viewer. */
const COHORTS = { ALL: 'All', NONE: 'None', FROM_1: '1–2', FROM_3: '3–9', FROM_10: '10–49', FROM_50: '50+' };
const SCORERS = { RECOMMENDER: 'Recommender', POPULARITY: 'Most watched here', CONTENT: 'Content alone' };

/** The newest evaluation beside its baselines, one measure at a time, by how much was known of the viewers. */
export function evaluationSection(evaluation) {
  const heading = h('h2', { id: 'evaluation' }, 'On this server’s own histories');
  if (!evaluation)
    return h(
      'section',
      { 'aria-labelledby': 'evaluation' },
      heading,
      h(
        'p',
        { class: 'muted' },
        'Not measured yet: run ',
        h('a', { href: '#/jobs' }, '“Evaluate recommendations”'),
        '.',
      ),
    );
  const metric = h(
    'select',
    { id: 'metric', onchange: show },
    ...Object.entries(METRICS).map(([id, { name }]) => h('option', { value: id }, name)),
  );
  const says = h('p', { class: 'muted', role: 'status' });
  const place = h('div', {});
  const { evaluatedAt, userCount, heldOutCount, titleCount, weightsVersion, parameters, results } =
    evaluation;
  show();
  return h(
    'section',
    { 'aria-labelledby': 'evaluation' },
    heading,
    h(
      'p',
      { class: 'muted' },
      'Measured ',
      when(evaluatedAt),
      `: the last ${percent(parameters.holdOutShare)} of the series that ${count(userCount)} viewers began, ` +
        `${count(heldOutCount)} in all, were hidden and looked for among ${count(titleCount)}. Weights: ${weightsVersion}. ` +
        'Below the bars: how many series were known of a viewer, and how many such viewers there are.',
    ),
    h('div', { class: 'filters' }, h('label', { for: 'metric' }, 'Measure'), metric, says),
    place,
  );

  function show() {
    const { name, says: meaning, format } = METRICS[metric.value];
    fill(says, `${name}: ${meaning}`);
    const cohorts = Object.keys(COHORTS).filter((cohort) => results.some((one) => one.cohort === cohort));
    const groups = cohorts.map((cohort) => {
      const own = Object.keys(SCORERS).map((scorer) =>
        results.find((one) => one.cohort === cohort && one.scorer === scorer),
      );
      const viewers = own[0].userCount;
      return {
        name: COHORTS[cohort],
        detail: viewers === 1 ? '1 viewer' : `${count(viewers)} viewers`,
        shortDetail: count(viewers),
        bars: own.map((one) => ({
          value: one[metric.value],
          error: metric.value === 'ndcg' ? one.ndcgError : null,
        })),
      };
    });
    const series = Object.values(SCORERS);
    fill(
      place,
      barChart({
        label: `${name} by how many series were known of the viewers, as bars; the table below holds the figures.`,
        series,
        groups,
        format,
      }),
      tableOf(
        `${name} by known series`,
        ['Series known', 'Viewers', ...series],
        groups.map(({ name: cohort, detail, bars }) => [
          cohort,
          detail,
          ...bars.map(({ value, error }) =>
            error === null ? format(value) : `${format(value)} ± ${format(error)}`,
          ),
        ]),
      ),
    );
  }
}
