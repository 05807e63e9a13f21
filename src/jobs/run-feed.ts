import type { Database } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { FINAL_STATES, isTerminal, type RunEvent, type RunStepView } from './run-event.ts';
import type { RunHub } from './run-hub.ts';
import { findRun, type JobRun } from './runs.repo.ts';

/** One item of a run's subscription. */
export type RunFeedItem =
  | { readonly kind: 'snapshot'; readonly run: JobRun }
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'live'; readonly runId: string; readonly at: Date; readonly step: RunStepView };

/**
 * A run from now on: first a snapshot of it, then every stored event after `after` (from its first one when left out)
 * in order and without gaps, with live progress in between; ends after the terminal event.
 *
 * @throws ShowrunnerError `NOT_FOUND` for an unknown run, `BAD_INPUT` for a cursor that the run has not reached
 */
export async function* watchRun(
  deps: { db: Database; hub: RunHub; now: () => Date },
  input: { runId: string; after?: number; signal: AbortSignal },
): AsyncGenerator<RunFeedItem, void> {
  const { runId, signal } = input;
  const reader = deps.hub.open(runId);
  try {
    const run = await findRun(deps.db, runId);
    if (!run)
      throw new ShowrunnerError('NOT_FOUND', 'There is no such run.', {
        field: 'runId',
        value: runId,
        remedy: 'It may have been pruned; list the runs with jobRuns.',
      });
    let cursor = input.after ?? 0;
    if (!Number.isInteger(cursor) || cursor < 0 || cursor > run.lastSeq)
      throw new ShowrunnerError('BAD_INPUT', 'This cursor does not belong to this run.', {
        field: 'after',
        value: String(input.after),
        remedy: 'Pass a cursor of an event of this run, or leave it out.',
      });
    yield { kind: 'snapshot', run };
    if (cursor === run.lastSeq && FINAL_STATES.includes(run.state)) return;
    let liveVersion = 0;
    while (!signal.aborted) {
      const wait = reader.watch();
      const events = await reader.after(cursor);
      for (const event of events) {
        yield { kind: 'event', event };
        cursor = event.seq;
        if (isTerminal(event)) return;
      }
      if (events.length > 0) continue;
      const live = reader.live(liveVersion);
      if (live) {
        liveVersion = live.version;
        yield { kind: 'live', runId, at: deps.now(), step: live.step };
        continue;
      }
      await wait(signal);
    }
  } finally {
    reader.close();
  }
}

/**
 * Makes an async generator that can be ended at any time. A plain one answers `return()` only after the await it
 * hangs in, which for a quiet run may be never: the subscriber would stay registered for ever.
 */
export function endable<Item>(
  start: (signal: AbortSignal) => AsyncGenerator<Item, void>,
): AsyncIterableIterator<Item> {
  const controller = new AbortController();
  const items = start(controller.signal);
  return {
    next: () => items.next(),
    return: () => {
      controller.abort();
      return items.return();
    },
    throw: (error: unknown) => {
      controller.abort();
      return items.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
