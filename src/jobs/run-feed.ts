import type { Database } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { type FeedSignals, patiently, serverStopping } from './feed.ts';
import { knownRun, noSuchRun } from './known-run.ts';
import { foreignCursor, formatRunCursor } from './run-cursor.ts';
import { FINAL_STATES, isTerminal, type RunEvent, type RunStepView } from './run-event.ts';
import type { RunHub } from './run-hub.ts';
import type { JobRun } from './runs.repo.ts';

/** One item of a run's subscription. */
export type RunFeedItem =
  | { readonly kind: 'snapshot'; readonly run: JobRun }
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'live'; readonly runId: string; readonly at: Date; readonly step: RunStepView }
  /** Events `from` to `to` were pruned; told behind a snapshot of the run, which has what they led to. */
  | {
      readonly kind: 'resync';
      readonly runId: string;
      readonly reason: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'heartbeat'; readonly runId: string; readonly runHeartbeatAt: Date | null };

/** What feeds of runs need. */
export interface RunFeedDeps {
  readonly db: Database;
  readonly hub: RunHub;
  readonly now: () => Date;
}

const PRUNED = 'These events were pruned, as all are that are older than the server keeps them.';

/**
 * A run from now on: first a snapshot of it, then every stored event after `after` (from the first one that is stored
 * when left out) in order and without gaps, with live progress in between; ends after the terminal event. Events that
 * were pruned are named in a resync item. Where nothing happens, heartbeats tell that the feed lives.
 *
 * @throws ShowrunnerError `NOT_FOUND` for an unknown run, `BAD_INPUT` for a cursor that the run has not reached or
 * behind which events were pruned, `SERVER_STOPPING` when the process stops before the run has ended
 */
export async function* watchRun(
  deps: RunFeedDeps,
  input: { runId: string; after?: number } & FeedSignals,
): AsyncGenerator<RunFeedItem, void> {
  const { hub, db } = deps;
  const { runId, signal, ending } = input;
  const reader = hub.open(runId);
  try {
    const run = await knownRun(db, runId);
    checkCursor(run, input.after);
    yield { kind: 'snapshot', run };
    let cursor = input.after ?? 0;
    if (cursor === run.lastSeq && FINAL_STATES.includes(run.state)) return;
    const either = AbortSignal.any([signal, ending]);
    let liveVersion = 0;
    let toldAt = hub.beats;
    while (!signal.aborted) {
      const wait = reader.watch();
      const isLastLook = ending.aborted;
      let events = await patiently(() => reader.after(cursor), [], input);
      // The first look may have shared one that began before the end.
      if (isLastLook && events.length === 0) events = await patiently(() => reader.after(cursor), [], input);
      for (const event of events) {
        if (event.seq > cursor + 1) {
          if (input.after !== undefined || cursor > 0)
            yield { kind: 'snapshot', run: await knownRun(db, runId) };
          yield { kind: 'resync', runId, reason: PRUNED, from: cursor + 1, to: event.seq - 1 };
        }
        yield { kind: 'event', event };
        cursor = event.seq;
        toldAt = hub.beats;
        if (isTerminal(event)) return;
      }
      if (events.length > 0) continue;
      if (isLastLook) throw serverStopping();
      if (reader.isGone()) throw noSuchRun(runId);
      const live = reader.live(liveVersion);
      if (live) {
        liveVersion = live.version;
        yield { kind: 'live', runId, at: deps.now(), step: live.step };
        toldAt = hub.beats;
      } else if (hub.beats >= toldAt + 2) {
        yield { kind: 'heartbeat', runId, runHeartbeatAt: reader.heartbeatAt() };
        toldAt = hub.beats;
      } else await wait(either);
    }
  } finally {
    reader.close();
  }
}

function checkCursor(run: JobRun, after: number | undefined): void {
  if (after === undefined) return;
  const value = formatRunCursor(run.id, after);
  if (!Number.isInteger(after) || after < 0 || after > run.lastSeq) throw foreignCursor('run', value);
  if (after < run.firstSeq - 1)
    throw new ShowrunnerError('BAD_INPUT', 'Events behind this cursor were pruned.', {
      field: 'after',
      value,
      remedy: 'Subscribe without `after`: that begins with the run as it is now.',
    });
}
