import { unlessAborted } from './wait.ts';

/** Runs work one at a time, in the order of asking; whoever is aborted while waiting leaves the queue at once. */
export type Turnstile = <Result>(signal: AbortSignal, work: () => Promise<Result>) => Promise<Result>;

/** Creates a turnstile that is free. */
export function createTurnstile(): Turnstile {
  let tail: Promise<unknown> = Promise.resolve();
  return async (signal, work) => {
    const before = tail;
    let leave = () => {};
    const done = new Promise<void>((resolve) => {
      leave = resolve;
    });
    tail = before.then(() => done);
    try {
      await unlessAborted(before, signal);
      return await work();
    } finally {
      leave();
    }
  };
}
