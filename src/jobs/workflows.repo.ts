import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { jobRuns, type RunTrigger, type WorkflowState, workflowRuns } from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import type { JobRun } from './runs.repo.ts';

export type WorkflowRun = typeof workflowRuns.$inferSelect;

export async function findWorkflowRun(db: Queryable, id: string): Promise<WorkflowRun | undefined> {
  const [workflow] = await db.orm.select().from(workflowRuns).where(eq(workflowRuns.id, id));
  return workflow;
}

/** The running workflow of this name, if there is one. */
export async function findActiveWorkflow(db: Queryable, name: string): Promise<WorkflowRun | undefined> {
  const [workflow] = await db.orm
    .select()
    .from(workflowRuns)
    .where(and(eq(workflowRuns.workflow, name), eq(workflowRuns.state, 'RUNNING')));
  return workflow;
}

/** Inserts a running workflow; undefined when one of that name runs already. */
export async function insertWorkflowRun(
  tx: Queryable,
  workflow: { id: string; workflow: string; jobs: readonly string[]; trigger: RunTrigger; now: Date },
): Promise<WorkflowRun | undefined> {
  const [inserted] = await tx.orm
    .insert(workflowRuns)
    .values({
      id: workflow.id,
      workflow: workflow.workflow,
      state: 'RUNNING',
      jobs: [...workflow.jobs],
      trigger: workflow.trigger,
      startedAt: workflow.now,
    })
    .onConflictDoNothing()
    .returning();
  return inserted;
}

/** Reads a workflow and keeps others from changing it until the transaction ends. */
export async function lockWorkflowRun(tx: Queryable, id: string): Promise<WorkflowRun | undefined> {
  const [workflow] = await tx.orm.select().from(workflowRuns).where(eq(workflowRuns.id, id)).for('update');
  return workflow;
}

export async function updateWorkflowRun(
  tx: Queryable,
  id: string,
  set: { state: WorkflowState; position: number; finishedAt: Date | null },
): Promise<void> {
  await tx.orm.update(workflowRuns).set(set).where(eq(workflowRuns.id, id));
}

/** The runs of a workflow in the order they began. */
export async function runsOfWorkflow(db: Queryable, id: string): Promise<JobRun[]> {
  return db.orm
    .select()
    .from(jobRuns)
    .where(eq(jobRuns.workflowRunId, id))
    .orderBy(asc(jobRuns.queuedAt), asc(jobRuns.id));
}

/** A workflow run with its runs, read together. */
export interface WorkflowWithRuns {
  readonly workflow: WorkflowRun;
  readonly runs: readonly JobRun[];
}

/** Reads a workflow run with its runs; undefined when there is none. */
export async function readWorkflowWithRuns(db: Queryable, id: string): Promise<WorkflowWithRuns | undefined> {
  const workflow = await findWorkflowRun(db, id);
  return workflow && { workflow, runs: await runsOfWorkflow(db, id) };
}

/** The newest run of each workflow, with its runs, by the workflow's name. */
export async function newestWorkflowRuns(db: Queryable): Promise<Map<string, WorkflowWithRuns>> {
  const newest = await db.orm
    .selectDistinctOn([workflowRuns.workflow])
    .from(workflowRuns)
    .orderBy(asc(workflowRuns.workflow), desc(workflowRuns.startedAt), desc(workflowRuns.id));
  if (newest.length === 0) return new Map();
  const ids = newest.map((workflow) => workflow.id);
  const runs = await db.orm
    .select()
    .from(jobRuns)
    .where(inArray(jobRuns.workflowRunId, ids))
    .orderBy(asc(jobRuns.queuedAt), asc(jobRuns.id));
  return new Map(
    newest.map((workflow) => [
      workflow.workflow,
      { workflow, runs: runs.filter((run) => run.workflowRunId === workflow.id) },
    ]),
  );
}

/** Whether any run of the workflow ended with item failures. */
export async function hasPartialRun(tx: Queryable, id: string): Promise<boolean> {
  const rows = await tx.rows<{ found: boolean }>(
    sql`select exists (select 1 from job_runs where workflow_run_id = ${id} and state = 'PARTIAL') as found`,
  );
  return rows[0]?.found ?? false;
}
