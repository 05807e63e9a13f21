import { RETRY_FAILED_ITEMS, RETRY_RUN } from '../documents.js';
import { alert, button, fill, h, setText } from '../dom.js';
import { followRun } from '../follow.js';
import { exactly, words } from '../format.js';
import { isFinal } from '../run-model.js';
import { onceAFrame } from './once-a-frame.js';
import { createRunBody } from './run-body.js';
import { cancelButton, createAnnouncer, runClock } from './run-card.js';
import { triggerText } from './runs.js';
import { setState, stateMark } from './state.js';

/** One run with all its steps, failed items and log: replayed from its first event, then live. */
export function runDetailView({ api, socket, live }, id) {
  const title = h('h1', { tabindex: '-1' }, 'Run');
  const mark = stateMark('QUEUED');
  const clock = h('span', { class: 'clock' });
  const facts = h('dl', { class: 'facts' });
  const notice = h('div', {});
  const cancel = cancelButton(api, notice, () => id);
  const retry = button('Retry', () => again(RETRY_RUN), { hidden: true });
  const retryFailed = button('Retry failed items', () => again(RETRY_FAILED_ITEMS), { hidden: true });
  const body = createRunBody({ mostSteps: 1_000, isLogOpen: true });
  const announceRun = createAnnouncer();
  const element = h(
    'div',
    {},
    h('p', {}, h('a', { href: '#/runs' }, 'All runs')),
    h('header', { class: 'card-head' }, title, mark, clock, cancel, retry, retryFailed),
    facts,
    notice,
    h('div', { class: 'card run' }, body.element),
  );
  let shownFacts = '';

  const update = onceAFrame(() => {
    if (!run.job) return;
    setText(title, words(run.job));
    setState(mark, run.state);
    cancel.hidden = !['QUEUED', 'RUNNING', 'INTERRUPTED'].includes(run.state);
    retry.hidden = !['FAILED', 'PARTIAL', 'CANCELLED'].includes(run.state);
    retryFailed.hidden = run.state !== 'PARTIAL';
    showFacts();
    body.update(run);
    tick();
    announceRun(run);
  });
  const { run, stop } = followRun(socket, id, {
    changed: update,
    failed: (error) => fill(notice, alert(error)),
  });
  const timer = setInterval(() => isFinal(run.state) || tick(), 1_000);

  function tick() {
    setText(clock, runClock(run));
  }

  function showFacts() {
    const { queuedAt, trigger, attempt, maxAttempts, parameters, finishedAt } = run;
    const key = `${attempt} ${finishedAt}`;
    if (key === shownFacts) return;
    shownFacts = key;
    const fact = (name, ...value) => h('div', {}, h('dt', {}, name), h('dd', {}, ...value));
    fill(
      facts,
      fact('Asked for', exactly(queuedAt)),
      fact('Started by', triggerText(trigger)),
      fact('Attempt', `${attempt} of at most ${maxAttempts}`),
      finishedAt && fact('Ended', exactly(finishedAt)),
      ...parameters
        .filter(({ value }) => value !== 'false')
        .map(({ name, value }) => fact(words(name), value)),
    );
  }

  async function again(mutation) {
    fill(notice);
    try {
      const { run: started } = await api.mutate(mutation, { runId: id });
      live.watchRun(started.id);
      location.hash = `#/runs/${encodeURIComponent(started.id)}`;
    } catch (error) {
      fill(notice, alert(error));
    }
  }

  return {
    element,
    title: 'Run',
    close() {
      clearInterval(timer);
      stop();
    },
  };
}
