import { CANCEL_WORKFLOW, CONTINUE_WORKFLOW } from '../documents.js';
import { alert, announce, button, fill, h, setAttribute, setText } from '../dom.js';
import { followWorkflow } from '../follow.js';
import { count, elapsed, span, words } from '../format.js';
import { isFinal } from '../run-model.js';
import { onceAFrame } from './once-a-frame.js';
import { createRunBody } from './run-body.js';
import { createAnnouncer, runClock } from './run-card.js';
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
  const cancel = changeButton('Cancel', CANCEL_WORKFLOW);
  const goOn = changeButton('Continue', CONTINUE_WORKFLOW);
  const dismiss = button('Dismiss', onDismiss, { class: 'quiet', hidden: true });
  const jobs = h('ol', { class: 'track', 'aria-label': 'Jobs' });
  const head = h('header', { class: 'card-head' }, title, mark, clock, cancel, goOn, dismiss);
  const element = h('article', { class: 'card workflow' }, head, bar, notice, jobs);
  const announceRun = createAnnouncer();
  const rows = [];
  let ended = false;

  const update = onceAFrame(() => {
    if (!workflow.name) return;
    setText(title, words(workflow.name));
    setState(mark, workflow.state);
    cancel.hidden = !activeRun() || activeRun().state === 'STOPPING';
    goOn.hidden = !workflow.canContinue;
    workflow.steps.forEach(({ job, run }, index) => {
      rows[index] ??= addRow(job);
      rows[index].update(run && workflow.runs.get(run.id));
    });
    setAttribute(bar, 'value', workflow.fractionDone);
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

  /** A button that changes the workflow; what comes of it is told by the runs, a refusal in the notice. */
  function changeButton(label, mutation) {
    const work = async () => {
      fill(notice);
      try {
        await api.mutate(mutation, { id });
      } catch (error) {
        fill(notice, alert(error));
      }
    };
    return button(label, work, { hidden: true });
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
  return (result?.counts ?? [])
    .filter(({ value }) => value > 0)
    .slice(0, MOST_FIGURES)
    .map(({ name, value }) => `${words(name)} ${count(value)}`)
    .join(' · ');
}
