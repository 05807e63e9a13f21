import { and, asc, count, desc, eq, inArray, lt, or, sql } from 'drizzle-orm';
import {
  jobRuns,
  type RunTrigger,
  type WorkflowState,
  type WorkflowStep,
  type WorkflowStepRun,
  workflowRuns,
} from '../../drizzle/tables/jobs.ts';
import type { Queryable } from '../platform/database.ts';
import type { JobRun } from './runs.repo.ts';

export type WorkflowRun = typeof workflowRuns.$inferSelect;

/** First half of the advisory locks that guard the names of workflows. */
const NAME_LOCKS = 0x5752;

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

/** Keeps others from starting or continuing a workflow of this name until the transaction ends. */
export async function lockWorkflowName(tx: Queryable, name: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(${NAME_LOCKS}::int, hashtext(${name}))`);
}

/** Inserts a running workflow. Its name must be locked and no other of that name running. */
export async function insertWorkflowRun(
  tx: Queryable,
  workflow: { id: string; workflow: string; steps: readonly WorkflowStep[]; trigger: RunTrigger; now: Date },
): Promise<WorkflowRun> {
  const { now, ...values } = workflow;
  const [inserted] = await tx.orm
    .insert(workflowRuns)
    .values({ ...values, state: 'RUNNING', startedAt: now })
    .returning();
  if (!inserted) throw new TypeError('The insert of a workflow returned nothing.');
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
  set: {
    state: WorkflowState;
    position: number;
    finishedAt: Date | null;
    stepRuns?: readonly WorkflowStepRun[];
  },
): Promise<WorkflowRun | undefined> {
  const [workflow] = await tx.orm.update(workflowRuns).set(set).where(eq(workflowRuns.id, id)).returning();
  return workflow;
}

/** A workflow run with its runs in the order they were queued; those that were pruned are missing. */
export interface WorkflowWithRuns {
  readonly workflow: WorkflowRun;
  readonly runs: readonly JobRun[];
}

/** Adds the runs of each workflow, in one statement for all. */
export async function withRuns(
  db: Queryable,
  workflows: readonly WorkflowRun[],
): Promise<WorkflowWithRuns[]> {
  if (workflows.length === 0) return [];
  const ids = workflows.map((workflow) => workflow.id);
  const rows = await db.orm.select().from(jobRuns).where(inArray(jobRuns.workflowRunId, ids));
  const byId = new Map(rows.map((run) => [run.id, run]));
  return workflows.map((workflow) => ({
    workflow,
    runs: workflow.stepRuns.flatMap(({ runId }) => byId.get(runId) ?? []),
  }));
}

/** Reads a workflow run with its runs; undefined when there is none. */
export async function readWorkflowWithRuns(db: Queryable, id: string): Promise<WorkflowWithRuns | undefined> {
  const workflow = await findWorkflowRun(db, id);
  const [read] = await withRuns(db, workflow ? [workflow] : []);
  return read;
}

/** The newest run of each workflow, with its runs, by the workflow's name. */
export async function newestWorkflowRuns(db: Queryable): Promise<Map<string, WorkflowWithRuns>> {
  const newest = await db.orm
    .selectDistinctOn([workflowRuns.workflow])
    .from(workflowRuns)
    .orderBy(asc(workflowRuns.workflow), desc(workflowRuns.startedAt), desc(workflowRuns.id));
  return new Map((await withRuns(db, newest)).map((read) => [read.workflow.workflow, read]));
}

/** Which workflow runs to list; of a list any value may match. */
export interface WorkflowRunFilter {
  /** Kebab names, or `schedule:` and the id of a schedule. */
  readonly workflows?: readonly string[] | null;
  readonly states?: readonly WorkflowState[] | null;
}

/** Place of a workflow run in the list: when it began, and its id. */
export type WorkflowRunKey = readonly [startedAt: string, id: string];

/** Workflow runs by filter, the newest first, with their runs: one more than `first` when there are more. */
export async function listWorkflowRuns(
  db: Queryable,
  query: { filter: WorkflowRunFilter; first: number; after: WorkflowRunKey | null },
): Promise<{ key: WorkflowRunKey; node: WorkflowWithRuns }[]> {
  const behind =
    query.after &&
    or(
      lt(workflowRuns.startedAt, new Date(query.after[0])),
      and(eq(workflowRuns.startedAt, new Date(query.after[0])), lt(workflowRuns.id, query.after[1])),
    );
  const rows = await db.orm
    .select()
    .from(workflowRuns)
    .where(and(...conditions(query.filter), behind ?? undefined))
    .orderBy(desc(workflowRuns.startedAt), desc(workflowRuns.id))
    .limit(query.first + 1);
  return (await withRuns(db, rows)).map((node) => ({
    key: [node.workflow.startedAt.toISOString(), node.workflow.id],
    node,
  }));
}

/** How many workflow runs match. */
export async function countWorkflowRuns(db: Queryable, filter: WorkflowRunFilter): Promise<number> {
  const [row] = await db.orm
    .select({ count: count() })
    .from(workflowRuns)
    .where(and(...conditions(filter)));
  return row?.count ?? 0;
}

function conditions({ workflows, states }: WorkflowRunFilter) {
  return [
    workflows?.length ? inArray(workflowRuns.workflow, [...workflows]) : undefined,
    states?.length ? inArray(workflowRuns.state, [...states]) : undefined,
  ];
}

/** Whether any of these runs ended with item failures. */
export async function hasPartialRun(tx: Queryable, runIds: readonly string[]): Promise<boolean> {
  const rows = await tx.orm
    .select({ id: jobRuns.id })
    .from(jobRuns)
    .where(and(inArray(jobRuns.id, [...runIds]), eq(jobRuns.state, 'PARTIAL')))
    .limit(1);
  return rows.length > 0;
}
