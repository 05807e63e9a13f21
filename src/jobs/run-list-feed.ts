import type { Database } from '../platform/database.ts';
import { wait as pause } from '../platform/wait.ts';
import { type FeedSignals, patiently, serverStopping } from './feed.ts';
import { FollowedList, type ListPage, type RunListChange } from './followed-list.ts';
import type { RunHub } from './run-hub.ts';
import type { RunFilter } from './run-list.repo.ts';
import type { JobRun } from './runs.repo.ts';

/** Changes of one run closer together than this are told once. */
const GATHER_MS = 200;
const REMOVED =
  'Runs were deleted since this cursor, or it is from another database; what follows is the list anew.';

/** One item of the subscription on the list of runs. `cursor` is what to pass to go on behind the item. */
export type RunListFeedItem =
  | RunListChange
  | { readonly kind: 'snapshot'; readonly cursor: number; readonly runs: readonly JobRun[] }
  | { readonly kind: 'resync'; readonly cursor: number; readonly reason: string }
  | { readonly kind: 'heartbeat'; readonly cursor: number };

/**
 * The list of runs as it changes: a snapshot first when there is no cursor, then the newest state of each run that has
 * news. States in between may be left out, the last one never is; a slow reader is told less often, not later, and
 * costs no memory, because a cursor is all that is kept of what it was told. After a resume an item may come again.
 *
 * @throws ShowrunnerError `SERVER_STOPPING` when the process stops
 */
export async function* watchRunList(
  deps: { db: Database; hub: RunHub },
  input: { filter: RunFilter; after?: number } & FeedSignals,
): AsyncGenerator<RunListFeedItem, void> {
  const { hub } = deps;
  const { signal, ending } = input;
  const either = AbortSignal.any([signal, ending]);
  const list = new FollowedList(deps.db, input.filter);
  let cursor = input.after;
  let toldAt = hub.beats;
  while (!signal.aborted) {
    const wait = hub.news.watch();
    const isLastLook = ending.aborted;
    if (cursor === undefined) {
      const snapshot = await list.snapshot();
      yield { kind: 'snapshot', ...snapshot };
      cursor = snapshot.cursor;
      toldAt = hub.beats;
    }
    for (let more = true; more; ) {
      const page: ListPage = await patiently(
        () => list.next(cursor ?? 0),
        { changes: [], cursor, hasMore: false },
        input,
      );
      for (const change of page.changes) {
        yield change;
        toldAt = hub.beats;
      }
      if (page.cursor === undefined) yield { kind: 'resync', cursor: cursor ?? 0, reason: REMOVED };
      cursor = page.cursor;
      more = page.hasMore;
    }
    if (cursor === undefined) continue;
    if (isLastLook) throw serverStopping();
    if (hub.beats >= toldAt + 2) {
      yield { kind: 'heartbeat', cursor };
      toldAt = hub.beats;
    }
    await wait(either);
    await pause(GATHER_MS, either).catch(() => {});
  }
}
