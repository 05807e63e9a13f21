import { RUN_UPDATES } from './documents.js';
import { fill, h } from './dom.js';
import { isFinal } from './run-model.js';
import { createRunCard } from './views/run-card.js';
import { createWorkflowCard } from './views/workflow-card.js';

/** Cards of ended runs that stay, so that what just happened can be read. */
const MOST_ENDED = 3;

/**
 * The runs that are going on, as cards, for as long as somebody is signed in: they live on while another view is shown.
 *
 * @param {{ api: object, socket: object }} app
 */
export function createLiveRuns({ api, socket }) {
  const cards = new Map();
  const listeners = new Set();
  const empty = h('p', { class: 'muted empty' }, 'Nothing is running.');
  const element = h('div', { class: 'live' }, empty);
  const clock = setInterval(() => {
    for (const card of cards.values()) if (!card.isOver()) card.tick();
  }, 1_000);

  let after = null;
  const stop = socket.subscribe(RUN_UPDATES, {
    variables: () => ({ after }),
    isOver: () => false,
    failed: ({ message }) => fill(empty, message),
    next: ({ jobRuns: { cursor, runs, run } }) => {
      after = cursor;
      // A snapshot has the newest run first; cards are put above those that are there.
      for (const each of runs?.toReversed() ?? [run]) if (each) take(each);
    },
  });

  function take(run) {
    for (const listener of listeners) listener(run);
    if (run.workflowRunId) watchWorkflow(run.workflowRunId, isFinal(run.state));
    else if (!isFinal(run.state)) watchRun(run.id);
  }

  function watchRun(id) {
    show(id, (app) => createRunCard(app, id));
  }

  function watchWorkflow(id, isOld) {
    if (isOld) return;
    // A workflow that had stopped was continued: its card had seen the end.
    if (cards.get(id)?.isOver()) dismiss(id);
    show(id, (app) => createWorkflowCard(app, id));
  }

  function show(id, create) {
    if (cards.has(id)) return;
    const card = create({ api, socket, onEnd: tidy, onDismiss: () => dismiss(id) });
    cards.set(id, card);
    element.prepend(card.element);
    tidy();
  }

  function dismiss(id) {
    const card = cards.get(id);
    card.stop();
    card.element.remove();
    cards.delete(id);
    tidy();
  }

  function tidy() {
    empty.hidden = cards.size > 0;
    const ended = [...cards].filter(([, card]) => card.isOver());
    for (const [id] of ended.slice(0, -MOST_ENDED)) dismiss(id);
  }

  return {
    element,
    watchRun,
    watchWorkflow: (id) => watchWorkflow(id, false),
    /** Tells of every change of every run; the answer ends it. */
    onRun(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearInterval(clock);
      stop();
      for (const card of cards.values()) card.stop();
    },
  };
}
