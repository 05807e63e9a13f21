import { JOBS, RUNS } from '../documents.js';
import { alert, button, fill, h } from '../dom.js';
import { count, exactly, span, words } from '../format.js';
import { stateMark } from './state.js';

const STATES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED'];

/** The history of runs, the newest first, a page at a time. */
export function runsView({ api, live }) {
  const job = h('select', { id: 'runs-job' }, h('option', { value: '' }, 'All jobs'));
  const state = h(
    'select',
    { id: 'runs-state' },
    h('option', { value: '' }, 'All states'),
    ...STATES.map((name) => h('option', { value: name }, words(name))),
  );
  const total = h('p', { class: 'muted', role: 'status' });
  const body = h('tbody', {});
  const notice = h('div', {});
  const older = button('Older runs', () => load(), { hidden: true });
  let after = null;
  let asked = 0;

  const head = ['Run', 'State', 'Started by', 'When', 'Took', 'Failed items'];
  const table = h(
    'table',
    {},
    h('thead', {}, h('tr', {}, ...head.map((title) => h('th', { scope: 'col' }, title)))),
    body,
  );
  const element = h(
    'div',
    {},
    h('h1', { tabindex: '-1' }, 'Runs'),
    h(
      'form',
      { class: 'filters', onsubmit: (event) => event.preventDefault(), onchange: restart },
      h('label', { for: 'runs-job' }, 'Job'),
      job,
      h('label', { for: 'runs-state' }, 'State'),
      state,
      total,
    ),
    notice,
    h('div', { class: 'card table' }, table),
    older,
  );

  const stop = live.onRun((run) => {
    const mark = body.querySelector(`[data-run="${CSS.escape(run.id)}"] .state`);
    mark?.replaceWith(stateMark(run.state));
  });
  restart();
  api
    .query(JOBS)
    .then(({ jobs }) => job.append(...jobs.map(({ name }) => h('option', { value: name }, words(name)))))
    .catch((error) => fill(notice, alert(error)));

  function restart() {
    after = null;
    load();
  }

  async function load() {
    asked += 1;
    const mine = asked;
    const filter = { ...(job.value && { jobs: [job.value] }), ...(state.value && { states: [state.value] }) };
    try {
      const { jobRuns } = await api.query(RUNS, { after, filter });
      if (mine !== asked) return;
      const rows = jobRuns.nodes.map(runRow);
      if (after === null) fill(body, ...rows);
      else body.append(...rows);
      after = jobRuns.pageInfo.endCursor;
      older.hidden = !jobRuns.pageInfo.hasNextPage;
      fill(total, `${count(jobRuns.totalCount)} ${jobRuns.totalCount === 1 ? 'run' : 'runs'}`);
      fill(notice);
    } catch (error) {
      fill(notice, alert(error));
    }
  }

  return { element, title: 'Runs', close: stop };
}

function runRow({ id, job, state, trigger, queuedAt, durationMs, failureCount, error }) {
  const link = h('a', { href: `#/runs/${encodeURIComponent(id)}` }, words(job));
  const cell = (label, ...content) => h('td', { 'data-label': label }, ...content);
  return h(
    'tr',
    { 'data-run': id },
    h('th', { scope: 'row' }, link, error && h('span', { class: 'muted small cut' }, error.message)),
    cell('State', stateMark(state)),
    cell('Started by', triggerText(trigger)),
    cell('When', exactly(queuedAt)),
    cell('Took', durationMs === null ? '–' : span(durationMs)),
    h(
      'td',
      { 'data-label': 'Failed items', 'data-none': failureCount === 0 },
      failureCount === 0 ? '–' : count(failureCount),
    ),
  );
}

/** What started a run, in words. */
export function triggerText({ kind, key, schedule }) {
  if (kind === 'SCHEDULE') return `Schedule ${schedule ?? ''}`;
  if (kind === 'WORKFLOW') return 'Workflow';
  return `${kind === 'RETRY' ? 'Retry by' : ''} ${key ?? 'somebody'}`.trim();
}
