import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work that stops every few ms at most and gives its result at the end. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Awaited between two steps; may reject to stop the work. */
export type Pause = () => Promise<void>;

/** How long work holds the event loop before others get a turn, in ms. */
const TURN_MS = 10;

/** Does all steps at once. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** Does the steps with a pause after each. */
export async function inTurns<Result>(steps: Steps<Result>, pause: Pause): Promise<Result> {
  let step = steps.next();
  while (!step.done) {
    await pause();
    step = steps.next();
  }
  return step.value;
}

/** A pause that lets others have a turn once the work has held the event loop long enough, and rejects once `signal` is aborted. */
export function takingTurns(signal: AbortSignal): Pause {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < TURN_MS) return;
    await nextTurn();
    signal.throwIfAborted();
    last = performance.now();
  };
}
