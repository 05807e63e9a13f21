import { CANCEL_RUN } from '../documents.js';
import { alert, announce, button, fill, h, setText } from '../dom.js';
import { followRun } from '../follow.js';
import { elapsed, span, words } from '../format.js';
import { currentStep, isFinal } from '../run-model.js';
import { onceAFrame } from './once-a-frame.js';
import { createRunBody } from './run-body.js';
import { setState, stateMark } from './state.js';

/**
 * A run as a card that is live until the run has ended.
 *
 * @param {{ api: object, socket: object, onEnd: () => void, onDismiss: () => void }} app
 * @param {string} id
 */
export function createRunCard({ api, socket, onEnd, onDismiss }, id) {
  const title = h('a', { href: `#/runs/${encodeURIComponent(id)}` }, 'Run');
  const mark = stateMark('QUEUED');
  const clock = h('span', { class: 'clock' });
  const notice = h('div', {});
  const cancel = cancelButton(api, notice, () => id);
  const dismiss = button('Dismiss', onDismiss, { class: 'quiet', hidden: true });
  const body = createRunBody();
  const heading = h('h3', {}, title);
  const head = h('header', { class: 'card-head' }, heading, mark, clock, cancel, dismiss);
  const element = h('article', { class: 'card run' }, head, notice, body.element);
  const announceRun = createAnnouncer();
  let ended = false;

  const update = onceAFrame(() => {
    if (run.job) setText(title, words(run.job));
    setState(mark, run.state);
    cancel.hidden = !['QUEUED', 'RUNNING', 'INTERRUPTED'].includes(run.state);
    body.update(run);
    tick();
    announceRun(run);
    if (!isFinal(run.state) || ended) return;
    ended = true;
    dismiss.hidden = false;
    onEnd();
  });
  const { run, stop } = followRun(socket, id, {
    changed: update,
    failed: (error) => fill(notice, alert(error)),
  });

  function tick() {
    setText(clock, runClock(run));
  }

  return { element, tick, stop, isOver: () => isFinal(run.state) };
}

/** How long a run has been going, or took. */
export function runClock({ startedAt, durationMs, state }) {
  if (isFinal(state)) return durationMs === null || durationMs === undefined ? '' : span(durationMs);
  return startedAt ? elapsed(Date.now() - new Date(startedAt)) : '';
}

/** Cancels the run that `runId()` names; a refusal is shown in `notice`. */
export function cancelButton(api, notice, runId) {
  return button(
    'Cancel',
    async () => {
      try {
        await api.mutate(CANCEL_RUN, { runId: runId() });
      } catch (error) {
        fill(notice, alert(error));
      }
    },
    { hidden: true },
  );
}

/** Says in words that a run entered a state or began a step; numbers in between would only be noise. */
export function createAnnouncer() {
  let said;
  return (run) => {
    if (!run.job) return;
    const step = run.state === 'RUNNING' ? currentStep(run) : undefined;
    const text = `${words(run.job)}: ${step ? step.name : words(run.state).toLowerCase()}`;
    if (text === said) return;
    said = text;
    announce(text);
  };
}
