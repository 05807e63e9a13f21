import { JOBS, RUN_JOB, RUN_WORKFLOW } from '../documents.js';
import { alert, announce, button, fill, h, setText } from '../dom.js';
import { span, when, words } from '../format.js';
import { isFinal } from '../run-model.js';
import { setState } from './state.js';

/** Parameters of a job that are a yes or no, with what a yes means. */
const SWITCHES = {
  force: 'Do it again even where nothing has changed',
  dryRun: 'Only say what would be done',
  allowLargeRemoval: 'Believe the server when a large part of a library is gone',
};

/** Live runs, workflows to start and jobs to run. */
export function jobsView({ api, live }) {
  const workflows = h('ul', { class: 'workflows' });
  const jobs = h('ul', { class: 'card rows' });
  const notice = h('div', {});
  const rows = new Map();
  const element = h(
    'div',
    {},
    h('h1', { tabindex: '-1' }, 'Jobs'),
    section('Right now', live.element),
    section('Workflows', workflows),
    section('All jobs', notice, jobs),
  );

  const stop = live.onRun((run) => {
    rows.get(run.job)?.update(run);
    workflows.querySelector('.main')?.classList.remove('main');
  });
  load();

  async function load() {
    try {
      const { jobs: list, __type } = await api.query(JOBS);
      const isNew = list.every(({ lastRun }) => lastRun === null);
      const first = ({ name }) => (name === 'INITIAL_SETUP' ? 0 : 1);
      const ordered = [...__type.enumValues].sort((a, b) => first(a) - first(b));
      fill(workflows, ...ordered.map((workflow) => workflowItem(workflow, isNew)));
      for (const job of list) {
        const row = jobRow(job, { api, live });
        rows.set(job.name, row);
        jobs.append(row.element);
      }
    } catch (error) {
      fill(notice, alert(error));
    }
  }

  function workflowItem({ name, description }, isNew) {
    const refusal = h('div', {});
    const isFirst = isNew && name === 'INITIAL_SETUP';
    const start = async (force) => {
      fill(refusal);
      try {
        const { workflow, alreadyActive } = await api.mutate(RUN_WORKFLOW, { workflow: name, force });
        announce(`${words(name)} ${alreadyActive ? 'is running already' : 'started'}`);
        live.watchWorkflow(workflow.id);
        live.element.scrollIntoView({ block: 'nearest' });
      } catch (error) {
        const anyway = error.code === 'PREREQUISITE_MISSING' && button('Start anyway', () => start(true));
        fill(refusal, alert(error, anyway));
      }
    };
    return h(
      'li',
      { class: 'card' },
      h('h3', {}, words(name)),
      h('p', { class: 'muted' }, description),
      refusal,
      button('Start', () => start(false), {
        class: isFirst ? 'main' : '',
        'aria-label': `Start ${words(name)}`,
      }),
    );
  }

  return { element, title: 'Jobs', close: stop };
}

function section(title, ...content) {
  return h('section', {}, h('h2', {}, title), ...content);
}

function jobRow({ name, description, parameters, lastRun }, { api, live }) {
  const mark = h('a', { class: 'state', href: '#/runs' });
  const time = h('span', { class: 'muted small' });
  const notice = h('div', { class: 'row-notice' });
  const options = jobOptions(parameters);
  const element = h(
    'li',
    { class: 'row job' },
    h(
      'div',
      { class: 'row-text' },
      h('h3', {}, words(name)),
      h('p', { class: 'muted' }, description),
      options.element,
    ),
    h('div', { class: 'row-state' }, mark, time),
    button('Run', () => run({}), { 'aria-label': `Run ${words(name)}` }),
    notice,
  );

  async function run(extra) {
    fill(notice);
    try {
      const input = { job: name, ...options.chosen(), ...extra };
      const { run: started, alreadyActive } = await api.mutate(RUN_JOB, { input });
      announce(`${words(name)} ${alreadyActive ? 'is running already' : 'queued'}`);
      live.watchRun(started.id);
      live.element.scrollIntoView({ block: 'nearest' });
    } catch (error) {
      const anyway =
        error.code === 'PREREQUISITE_MISSING' && button('Run anyway', () => run({ force: true }));
      fill(notice, alert(error, anyway));
    }
  }

  function update(newest) {
    if (newest) mark.href = `#/runs/${encodeURIComponent(newest.id)}`;
    setState(mark, newest?.state ?? 'NEVER_RUN');
    fill(time);
    if (!newest) return;
    if (isFinal(newest.state)) {
      const took = newest.durationMs === null ? '' : `, took ${span(newest.durationMs)}`;
      fill(time, when(newest.finishedAt), took);
    } else setText(time, newest.startedAt ? '' : 'waits for its turn');
  }

  update(lastRun);
  return { element, update };
}

function jobOptions(parameters) {
  const boxes = parameters
    .filter((name) => SWITCHES[name])
    .map((name) => ({ name, box: h('input', { type: 'checkbox' }) }));
  const lines = boxes.map(({ name, box }) => h('label', {}, box, SWITCHES[name]));
  return {
    element: boxes.length > 0 && h('details', { class: 'options' }, h('summary', {}, 'Options'), ...lines),
    chosen: () => Object.fromEntries(boxes.filter(({ box }) => box.checked).map(({ name }) => [name, true])),
  };
}
