import { eq, or } from 'drizzle-orm';
import { jobRuns, scheduleFirings, workflowRuns } from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import type { JobRun } from './runs.repo.ts';
import type { WorkflowRun } from './workflows.repo.ts';

/**
 * Reads up to when a schedule's times were dealt with, and keeps others from dealing with them until the transaction
 * ends. A schedule that never was due begins at `savedAt`.
 */
export async function lockFiring(tx: Queryable, schedule: string, savedAt: Date): Promise<Date> {
  await tx.orm.insert(scheduleFirings).values({ schedule, handledUntil: savedAt }).onConflictDoNothing();
  const [firing] = await tx.orm
    .select({ handledUntil: scheduleFirings.handledUntil })
    .from(scheduleFirings)
    .where(eq(scheduleFirings.schedule, schedule))
    .for('update');
  return firing?.handledUntil ?? savedAt;
}

/** Stores that a schedule's times were dealt with, and what that started, if anything. */
export async function recordFiring(
  tx: Queryable,
  schedule: string,
  set: { handledUntil: Date; firedAt?: Date; runId?: string | null; workflowRunId?: string | null },
): Promise<void> {
  await tx.orm.update(scheduleFirings).set(set).where(eq(scheduleFirings.schedule, schedule));
}

/** Forgets a schedule that no longer exists. */
export async function deleteFiring(db: Queryable, schedule: string): Promise<void> {
  await db.orm.delete(scheduleFirings).where(eq(scheduleFirings.schedule, schedule));
}

/** What a schedule last did: either a run, or a workflow with its runs so far; neither when those were pruned. */
export interface LastFiring {
  readonly firedAt: Date | null;
  readonly run: JobRun | null;
  readonly workflow: { readonly workflow: WorkflowRun; readonly runs: readonly JobRun[] } | null;
}

/** What each schedule last did, by its id, in one statement. */
export async function lastFirings(db: Queryable): Promise<Map<string, LastFiring>> {
  const rows = await db.orm
    .select({ firing: scheduleFirings, workflow: workflowRuns, run: jobRuns })
    .from(scheduleFirings)
    .leftJoin(workflowRuns, eq(workflowRuns.id, scheduleFirings.workflowRunId))
    .leftJoin(
      jobRuns,
      or(eq(jobRuns.id, scheduleFirings.runId), eq(jobRuns.workflowRunId, scheduleFirings.workflowRunId)),
    );
  const firings = new Map<string, LastFiring>();
  for (const { firing, workflow, run } of rows) {
    const others = firings.get(firing.schedule)?.workflow?.runs ?? [];
    firings.set(firing.schedule, {
      firedAt: firing.firedAt,
      run: workflow ? null : run,
      workflow: workflow && { workflow, runs: inOrder(workflow, run ? [...others, run] : others) },
    });
  }
  return firings;
}

function inOrder({ stepRuns }: WorkflowRun, runs: readonly JobRun[]): JobRun[] {
  const place = ({ id }: JobRun) => stepRuns.findIndex(({ runId }) => runId === id);
  return [...runs].sort((a, b) => place(a) - place(b));
}
