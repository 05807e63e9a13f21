import type { Database, Queryable } from '../platform/database.ts';
import type { JobRegistry } from './job-definition.ts';
import { runsThatFreshnessNeeds } from './prerequisites.repo.ts';
import { deleteRuns, deleteWorkflowRuns, noteRemoval, trimEvents } from './prune-runs.repo.ts';
import { newestRuns } from './run-list.repo.ts';

/** How long finished runs are kept. */
export interface Retention {
  /** With all their events. */
  readonly eventsDays: number;
  /** With their last event. */
  readonly runsDays: number;
}

/** What a pruning did. */
export interface Pruned {
  readonly trimmedRuns: number;
  readonly deletedRuns: number;
  readonly deletedWorkflows: number;
}

/** A month of history in full, a year of it in short. */
export const DEFAULT_RETENTION: Retention = { eventsDays: 30, runsDays: 365 };

const DAY_MS = 86_400_000;
/** A statement stays short, because the embedded database does one thing at a time; a run has some thousand events. */
const BATCH = 20;

/**
 * Deletes what is older than it has to be kept: first the events of finished runs but for the last one, later the runs
 * themselves, those of a workflow together with it. The newest run of each job stays, and those that say whether a
 * job's prerequisites are met. Several processes may do this at once.
 */
export async function pruneRuns(
  deps: { db: Database; registry: JobRegistry; now: () => Date },
  retention: Retention,
  signal: AbortSignal,
): Promise<Pruned> {
  const { db } = deps;
  const before = (days: number) => new Date(deps.now().getTime() - days * DAY_MS);
  const kept = await runsToKeep(deps);
  const trimmed = await inBatches(signal, () => trimEvents(db, before(retention.eventsDays), BATCH));
  let runsOfWorkflows = 0;
  const workflows = await inBatches(signal, () =>
    removing(db, async (tx) => {
      const deleted = await deleteWorkflowRuns(tx, before(retention.runsDays), kept, BATCH);
      runsOfWorkflows += deleted.runs;
      return deleted.workflows;
    }),
  );
  const runs = await inBatches(signal, () =>
    removing(db, (tx) => deleteRuns(tx, before(retention.runsDays), kept, BATCH)),
  );
  return { trimmedRuns: trimmed, deletedRuns: runs + runsOfWorkflows, deletedWorkflows: workflows };
}

async function runsToKeep({ db, registry }: { db: Database; registry: JobRegistry }): Promise<string[]> {
  const newest = [...(await newestRuns(db)).values()].map(({ id }) => id);
  return [...newest, ...(await runsThatFreshnessNeeds(db, [...registry.values()]))];
}

function removing(db: Database, work: (tx: Queryable) => Promise<number>): Promise<number> {
  return db.transaction(async (tx) => {
    const removed = await work(tx);
    if (removed > 0) await noteRemoval(tx);
    return removed;
  });
}

async function inBatches(signal: AbortSignal, work: () => Promise<number>): Promise<number> {
  for (let total = 0; ; ) {
    signal.throwIfAborted();
    const done = await work();
    total += done;
    if (done < BATCH) return total;
  }
}
