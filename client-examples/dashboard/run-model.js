/** States that no run and no workflow ever leaves. */
const FINAL = ['SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED'];

/** Lines and failures that are kept of a run, so that a long one does not fill the browser. */
const MOST_KEPT = 2_000;

/** Whether a run or workflow in this state has ended. */
export function isFinal(state) {
  return FINAL.includes(state);
}

/** A run of which nothing is known yet but its id. */
export function newRun(id) {
  return {
    id,
    job: null,
    state: 'QUEUED',
    steps: [],
    result: null,
    error: null,
    failureCount: 0,
    log: [],
    leftOut: 0,
    failures: [],
    known: 0,
  };
}

/**
 * Takes the run as the server has it. Events up to its cursor are history from then on: they fill the log, but do not
 * take state and steps back to what they were.
 */
export function applySnapshot(run, snapshot) {
  Object.assign(run, snapshot, { known: sequence(snapshot.cursor) });
}

/** Takes one event in. Events of a run come in order and without gaps, so this is all there is to know. */
export function applyEvent(run, event) {
  if (event.__typename === 'JobRunSnapshot') return applySnapshot(run, event.run);
  if (event.__typename === 'JobLogLine') return keep(run, run.log, event);
  if (event.__typename === 'JobResync') return keep(run, run.log, gapLine(event));
  const isHistory = event.cursor !== null && sequence(event.cursor) <= run.known;
  if (event.__typename === 'JobItemFailed') {
    keep(run, run.failures, event);
    if (!isHistory) run.failureCount += 1;
    return undefined;
  }
  if (isHistory) return undefined;
  if (event.__typename === 'JobStateChanged') changeState(run, event);
  else if (event.step) changeStep(run, event.step);
  return undefined;
}

/** What is going on right now: the last step that was begun. */
export function currentStep(run) {
  return run.steps.findLast((step) => !step.finishedAt) ?? run.steps.at(-1);
}

function changeState(run, { state, attempt, at, error, result }) {
  if (attempt > run.attempt) run.steps = [];
  run.attempt = attempt;
  run.state = state;
  run.error = error;
  run.result = result;
  if (state === 'RUNNING') run.startedAt ??= at;
  if (isFinal(state)) {
    run.finishedAt = at;
    run.durationMs = run.startedAt ? new Date(at) - new Date(run.startedAt) : null;
  }
}

function changeStep(run, step) {
  const index = run.steps.findIndex(
    ({ name, startedAt }) => name === step.name && startedAt === step.startedAt,
  );
  if (index < 0) run.steps = [...run.steps, step];
  else run.steps = run.steps.with(index, step);
}

function keep(run, list, event) {
  list.push(event);
  if (list.length > MOST_KEPT) {
    list.shift();
    run.leftOut += 1;
  }
}

/** What the log says where events are missing. */
function gapLine({ at, reason, missingFrom, missingTo }) {
  return { at, level: 'info', message: `Events ${missingFrom} to ${missingTo}: ${reason}`, fields: [] };
}

/** A cursor names a run and, behind a colon, the number of the event in it. */
function sequence(cursor) {
  return Number(cursor.slice(cursor.lastIndexOf(':') + 1));
}
