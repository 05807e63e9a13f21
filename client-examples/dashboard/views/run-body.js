import { fill, h, setAttribute, setText, unseen } from '../dom.js';
import { count, rate, span, timeOfDay, words } from '../format.js';

/** Log lines that are in the page at a time. */
const MOST_LINES = 400;
/** States of a run that is not going on although its last step was not done. */
const CUT_OFF = ['QUEUED', 'INTERRUPTED', 'CANCELLED', 'FAILED'];

/**
 * What a run does and did: its error, steps, figures, failed items and log. `update(run)` changes only what is new, so
 * that bars move smoothly and an open log stays where it is read.
 *
 * @param {{ mostSteps?: number, isLogOpen?: boolean }} options
 */
export function createRunBody({ mostSteps = 6, isLogOpen = false } = {}) {
  const error = h('div', { class: 'run-error', hidden: true });
  const earlier = h('p', { class: 'muted small', hidden: true });
  const steps = h('ol', { class: 'steps', 'aria-label': 'Steps' });
  const figures = h('dl', { class: 'figures' });
  const zeros = h('p', { class: 'muted small', hidden: true });
  const failures = createFailures(isLogOpen);
  const log = createLog(isLogOpen);
  const rows = new Map();
  let shownResult;

  return {
    element: h(
      'div',
      { class: 'run-body' },
      error,
      earlier,
      steps,
      figures,
      zeros,
      failures.element,
      log.element,
    ),
    update(run) {
      showError(error, run);
      showSteps(run);
      showResult(run.result?.counts ?? []);
      failures.update(run);
      log.update(run);
    },
  };

  function showResult(result) {
    if (result === shownResult || result.length === 0) return;
    shownResult = result;
    fill(figures, ...result.filter(({ value }) => value !== 0).map(figure));
    const none = result.filter(({ value }) => value === 0).map(({ name }) => words(name).toLowerCase());
    zeros.hidden = none.length === 0;
    setText(zeros, `None: ${none.join(', ')}`);
  }

  function showSteps(run) {
    const shown = run.steps.slice(-mostSteps);
    const hidden = run.steps.length - shown.length;
    earlier.hidden = hidden === 0;
    setText(earlier, `${count(hidden)} earlier ${hidden === 1 ? 'step' : 'steps'} done`);
    const keys = shown.map((step) => `${step.startedAt} ${step.name}`);
    for (const [key, row] of rows) {
      if (keys.includes(key)) continue;
      row.element.remove();
      rows.delete(key);
    }
    shown.forEach((step, index) => {
      const row = rows.get(keys[index]) ?? createStep();
      if (!rows.has(keys[index])) {
        rows.set(keys[index], row);
        steps.append(row.element);
      }
      const isLast = index === shown.length - 1;
      row.update(step, isLast && CUT_OFF.includes(run.state));
    });
  }
}

function showError(element, { error, state }) {
  element.hidden = !error;
  if (!error || element.dataset.shown === error.message) return;
  element.dataset.shown = error.message;
  const title = state === 'FAILED' ? 'Failed' : 'The last attempt failed';
  fill(
    element,
    h('p', {}, h('strong', {}, `${title}: `), error.message),
    error.remedy && h('p', { class: 'muted' }, error.remedy),
  );
}

function createStep() {
  const name = h('span', { class: 'step-name' });
  const numbers = h('span', { class: 'step-numbers' });
  const bar = h('progress', { max: '1' });
  const message = h('span', { class: 'step-message' });
  const element = h('li', { class: 'step' }, name, numbers, bar, message);
  return {
    element,
    update(step, isCutOff) {
      const isDone = step.finishedAt !== null && !isCutOff;
      const isMoving = step.finishedAt === null && !isCutOff;
      setText(name, step.name);
      setText(numbers, [amount(step, isDone), ...pace(step, isMoving)].filter(Boolean).join(' · '));
      setAttribute(element, 'data-done', isDone);
      setAttribute(bar, 'aria-label', step.name);
      setAttribute(bar, 'value', step.fraction ?? (isMoving ? null : 0));
      bar.hidden = isDone || (isCutOff && step.fraction === null);
      setText(message, isMoving ? (step.message ?? '') : '');
    },
  };
}

function amount({ done, total, unit }, isDone) {
  if (done === 0 && total === null) return '';
  const isWhole = total === null || (isDone && done === total);
  return [
    isWhole ? count(done) : `${count(done)} of ${count(total)}`,
    unit && unitOf(isWhole ? done : total, unit),
  ]
    .filter(Boolean)
    .join(' ');
}

/** How long a step took, or how fast it goes and how long it still takes. */
function pace({ ratePerSecond, timeLeftMs, startedAt, finishedAt }, isMoving) {
  if (finishedAt !== null) return [span(new Date(finishedAt) - new Date(startedAt))];
  if (!isMoving) return [];
  return [ratePerSecond && rate(ratePerSecond), timeLeftMs && `${span(timeLeftMs)} left`];
}

function figure({ name, value }) {
  return h('div', {}, h('dt', {}, words(name)), h('dd', {}, count(value)));
}

function createFailures(isOpen) {
  const title = h('summary', {});
  const list = h('ul', {});
  const element = h('details', { class: 'failures', open: isOpen, hidden: true }, title, list);
  let shown = 0;
  return {
    element,
    update({ failures, failureCount }) {
      const total = Math.max(failureCount, failures.length);
      element.hidden = total === 0;
      setText(title, `${count(total)} ${total === 1 ? 'item' : 'items'} failed`);
      for (const { item, failure } of failures.slice(shown))
        list.append(
          h(
            'li',
            {},
            h('strong', {}, item),
            h('span', {}, failure.message),
            failure.remedy && h('span', { class: 'muted' }, failure.remedy),
          ),
        );
      shown = failures.length;
    },
  };
}

function createLog(isOpen) {
  const title = h('summary', {});
  const list = h('ol', {
    class: 'log-lines',
    tabindex: '0',
    role: 'log',
    'aria-live': 'off',
    'aria-label': 'Log',
  });
  const element = h('details', { class: 'log', open: isOpen, hidden: true }, title, list);
  let shown = 0;
  return {
    element,
    update({ log, leftOut }) {
      const total = log.length + leftOut;
      element.hidden = total === 0;
      setText(title, `Log, ${count(total)} ${total === 1 ? 'line' : 'lines'}`);
      if (total === shown) return;
      const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
      list.append(...log.slice(Math.max(shown - leftOut, log.length - MOST_LINES, 0)).map(logLine));
      while (list.childElementCount > MOST_LINES) list.firstElementChild.remove();
      if (isAtEnd) list.scrollTop = list.scrollHeight;
      shown = total;
    },
  };
}

function logLine({ at, level, message, fields }) {
  const details = fields.map(({ name, value }) => `${name}=${value}`).join(' ');
  return h(
    'li',
    { 'data-level': level },
    h('time', { datetime: at }, timeOfDay(at)),
    level !== 'info' && h('b', {}, level, unseen(': ')),
    h('span', {}, message),
    details && h('span', { class: 'muted' }, details),
  );
}

/** Units are named in the plural; `series` has no other form. */
function unitOf(amount, unit) {
  return amount === 1 && unit !== 'series' ? unit.replace(/s$/, '') : unit;
}
