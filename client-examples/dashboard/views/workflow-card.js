import { alert, announce, button, fill, h, setAttribute, setText } from '../dom.js';
import { followWorkflow } from '../follow.js';
import { count, elapsed, span, words } from '../format.js';
import { isFinal } from '../run-model.js';
import { onceAFrame } from './once-a-frame.js';
import { createRunBody } from './run-body.js';
import { cancelButton, createAnnouncer, runClock } from './run-card.js';
import { setState, stateMark } from './state.js';

/** Figures of a result that a line has room for. */
const MOST_FIGURES = 4;

/** A workflow as a card: its jobs one below the other, the one that runs opened. See `createRunCard`. */
export function createWorkflowCard({ api, socket, onEnd, onDismiss }, id) {
  const title = h('h3', {}, 'Workflow');
  const mark = stateMark('RUNNING');
  const clock = h('span', { class: 'clock' });
  const bar = h('progress', { max: '1', class: 'whole', 'aria-label': 'Jobs of the workflow that are done' });
  const notice = h('div', {});
  const cancel = cancelButton(api, notice, () => activeRun()?.id);
  const dismiss = button('Dismiss', onDismiss, { class: 'quiet', hidden: true });
  const jobs = h('ol', { class: 'track', 'aria-label': 'Jobs' });
  const head = h('header', { class: 'card-head' }, title, mark, clock, cancel, dismiss);
  const element = h('article', { class: 'card workflow' }, head, bar, notice, jobs);
  const announceRun = createAnnouncer();
  const rows = [];
  let ended = false;

  const update = onceAFrame(() => {
    if (!workflow.name) return;
    setText(title, words(workflow.name));
    setState(mark, workflow.state);
    cancel.hidden = !activeRun() || activeRun().state === 'STOPPING';
    const runs = [...workflow.runs.values()];
    workflow.jobs.forEach((job, index) => {
      rows[index] ??= addRow(job);
      rows[index].update(runs.findLast((run) => run.job === job));
    });
    setAttribute(bar, 'value', wholeFraction(workflow, runs));
    setAttribute(bar, 'hidden', isFinal(workflow.state));
    tick();
    if (activeRun()) announceRun(activeRun());
    if (!isFinal(workflow.state) || ended) return;
    ended = true;
    dismiss.hidden = false;
    announce(`${words(workflow.name)}: ${words(workflow.state).toLowerCase()}`);
    onEnd();
  });
  const { workflow, stop } = followWorkflow(socket, id, {
    changed: update,
    failed: (error) => fill(notice, alert(error)),
  });

  function activeRun() {
    return [...workflow.runs.values()].findLast((run) => !isFinal(run.state));
  }

  function addRow(job) {
    const row = createTrackRow(job);
    jobs.append(row.element);
    return row;
  }

  function tick() {
    const { startedAt, finishedAt } = workflow;
    if (startedAt)
      setText(
        clock,
        finishedAt
          ? span(new Date(finishedAt) - new Date(startedAt))
          : elapsed(Date.now() - new Date(startedAt)),
      );
    for (const row of rows) row.tick();
  }

  return { element, tick, stop, isOver: () => isFinal(workflow.state) };
}

/** Share of the jobs that are done. */
function wholeFraction({ jobs }, runs) {
  const done = runs.filter(({ state }) => isFinal(state)).length;
  return jobs.length === 0 ? 0 : Math.min(1, done / jobs.length);
}

function createTrackRow(job) {
  const name = h('span', { class: 'track-name' }, words(job));
  const mark = h('span', { class: 'state' });
  const clock = h('span', { class: 'clock' });
  const summary = h('p', { class: 'muted small', hidden: true });
  const body = createRunBody({ mostSteps: 4 });
  const element = h(
    'li',
    { 'data-state': 'WAITING' },
    h('div', { class: 'track-head' }, name, mark, clock),
    summary,
    body.element,
  );
  body.element.hidden = true;
  let run;
  return {
    element,
    tick() {
      if (run) setText(clock, runClock(run));
    },
    update(newest) {
      if (!newest) return;
      if (!run) fill(name, h('a', { href: `#/runs/${encodeURIComponent(newest.id)}` }, words(job)));
      run = newest;
      setState(mark, run.state);
      setAttribute(element, 'data-state', run.state);
      const isQuiet = run.state === 'SUCCEEDED' || run.state === 'CANCELLED';
      body.element.hidden = isQuiet;
      if (!isQuiet) body.update(run);
      setText(summary, resultLine(run.result));
      summary.hidden = !isQuiet || summary.textContent === '';
    },
  };
}

/** The figures of a result that say something, as one line. */
function resultLine(result) {
  return (result ?? [])
    .filter(({ value }) => value > 0)
    .slice(0, MOST_FIGURES)
    .map(({ name, value }) => `${words(name)} ${count(value)}`)
    .join(' · ');
}
