import type { Queryable } from '../platform/database.ts';
import { type ChangedRun, readChangedRuns, readRunList } from './run-changes.repo.ts';
import { FINAL_STATES } from './run-event.ts';
import type { RunFilter } from './run-list.repo.ts';
import type { JobRun } from './runs.repo.ts';

/** Finished runs in a snapshot at most; of unfinished ones all are in it. */
const NEWEST = 50;
const PAGE = 100;

/** What became of a run: it is in the list as told, or is not, or is no longer. */
export type RunListChange =
  | { readonly kind: 'updated'; readonly cursor: number; readonly run: JobRun }
  | { readonly kind: 'removed'; readonly cursor: number; readonly runId: string };

/** A page of changes. */
export interface ListPage {
  readonly changes: readonly RunListChange[];
  /** What to go on from; undefined when what happened since the last one cannot be told: begin with a snapshot. */
  readonly cursor: number | undefined;
  readonly hasMore: boolean;
}

/**
 * The list of runs with a filter as one reader follows it. A cursor is the number of a transaction: all changes by
 * earlier ones were told. What is remembered beside it is only what the next look will find a second time, and which
 * unfinished runs are known not to be listed.
 */
export class FollowedList {
  readonly #db: Queryable;
  readonly #filter: RunFilter;
  /** Number of the transaction whose change of the run was told, by run, where that is not behind the cursor. */
  #told = new Map<string, number>();
  readonly #absent = new Set<string>();
  /** The newest deletion of runs that a snapshot has taken account of. */
  #removedAt = 0;
  /** A reading that needs several pages: where it began and what it found first. */
  #reading: { readonly horizon: number; readonly end: number; readonly behind: JobRun } | undefined;

  constructor(db: Queryable, filter: RunFilter) {
    this.#db = db;
    this.#filter = filter;
  }

  /** The list as it is: all its unfinished runs and its newest ones, the newest first. */
  async snapshot(): Promise<{ readonly cursor: number; readonly runs: readonly JobRun[] }> {
    const { horizon, removedAt, runs } = await readRunList(this.#db, this.#filter, NEWEST);
    this.#removedAt = removedAt;
    this.#reading = undefined;
    this.#absent.clear();
    this.#told = new Map(runs.map((run) => [run.id, run.changedXid]));
    this.#forget(horizon);
    return { cursor: horizon, runs };
  }

  /** What changed from the transaction `from` on. */
  async next(from: number): Promise<ListPage> {
    const reading = this.#reading;
    const range = { from, to: reading?.end ?? null, behind: reading?.behind ?? null };
    const read = await readChangedRuns(this.#db, this.#filter, range, PAGE);
    if (from > read.end || (read.removedAt >= from && read.removedAt !== this.#removedAt)) {
      this.#reading = undefined;
      return { changes: [], cursor: undefined, hasMore: false };
    }
    const horizon = reading?.horizon ?? read.horizon;
    const last = read.changes.at(-1);
    const hasMore = last !== undefined && read.changes.length === PAGE;
    const changes = read.changes.flatMap((change, index) => {
      // Behind this one all is told that earlier transactions than the next one's did.
      const following =
        read.changes[index + 1]?.run.changedXid ?? (hasMore ? change.run.changedXid : horizon);
      return this.#changeOf(change, Math.min(following, horizon)) ?? [];
    });
    this.#reading = hasMore ? { horizon, end: reading?.end ?? read.end, behind: last.run } : undefined;
    if (hasMore) return { changes, cursor: from, hasMore };
    this.#forget(horizon);
    return { changes, cursor: horizon, hasMore };
  }

  #changeOf({ run, isListed }: ChangedRun, cursor: number): RunListChange | undefined {
    const { id, changedXid } = run;
    if (this.#told.get(id) === changedXid) return undefined;
    this.#told.set(id, changedXid);
    const wasAbsent = this.#absent.delete(id);
    if (isListed) return { kind: 'updated', cursor, run };
    if (!FINAL_STATES.includes(run.state)) this.#absent.add(id);
    return wasAbsent ? undefined : { kind: 'removed', cursor, runId: id };
  }

  /** What earlier transactions than `horizon` did will not be found again. */
  #forget(horizon: number): void {
    for (const [id, xid] of this.#told) if (xid < horizon) this.#told.delete(id);
  }
}
