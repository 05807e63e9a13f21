import type { WorkflowStep as WorkflowStepRow } from '../drizzle/tables/jobs.ts';
import type { JobRun as JobRunRow } from '../src/jobs/runs.repo.ts';
import { fractionDone, hasStopped, newestRunOfStep } from '../src/jobs/workflow-rules.ts';
import { readWorkflowWithRuns, type WorkflowWithRuns } from '../src/jobs/workflows.repo.ts';
import { builder } from './builder.ts';
import { isUuid } from './job-ids.ts';
import { enumName } from './job-names.ts';
import { JobRun } from './job-objects.ts';
import {
  JobError,
  JobName,
  JobRunState,
  OPERATOR,
  Parameter,
  Trigger,
  toParameters,
  WorkflowState,
} from './job-types.ts';

const OnPartial = builder.enumType('OnPartial', {
  description: 'What a workflow does when some items of a step failed. A step that fails always stops it.',
  values: {
    CONTINUE: { description: 'Goes on with the next step.' },
    STOP: { description: 'Stops there; `continueWorkflow` does the step again.' },
  } satisfies Record<WorkflowStepRow['onPartial'], { description: string }>,
});

const WorkflowStep = builder
  .objectRef<{ step: WorkflowStepRow; run: JobRunRow | null }>('WorkflowStep')
  .implement({
    description: 'A step of a workflow run, as the workflow was defined when it began.',
    fields: (t) => ({
      job: t.field({ type: JobName, description: 'The job.', resolve: ({ step }) => step.job }),
      parameters: t.field({
        type: [Parameter],
        description: 'Parameters of its run.',
        resolve: ({ step }) => toParameters(step.params),
      }),
      onPartial: t.field({
        type: OnPartial,
        description: 'What happens when some of its items fail.',
        resolve: ({ step }) => step.onPartial,
      }),
      state: t.field({
        type: JobRunState,
        nullable: true,
        description: 'State of its newest run; null while it has not begun.',
        resolve: ({ run }) => run?.state,
      }),
      run: t.expose('run', {
        type: JobRun,
        nullable: true,
        description: 'Its newest run; null while it has not begun, and once its run was pruned.',
      }),
    }),
  });

const workflowRunRef = builder.objectRef<WorkflowWithRuns>('WorkflowRun');

export const WorkflowRun = builder.node(workflowRunRef, {
  description: 'An ordered set of jobs that run one after the other.',
  id: { resolve: ({ workflow }) => workflow.id },
  loadOne: (id, { db }) => (isUuid(id) ? readWorkflowWithRuns(db, id) : undefined),
  authScopes: OPERATOR,
  fields: (t) => ({
    name: t.string({
      description: 'Name of the workflow, such as INITIAL_SETUP, or `schedule:` and the id of a schedule.',
      resolve: ({ workflow }) =>
        workflow.workflow.startsWith('schedule:') ? workflow.workflow : enumName(workflow.workflow),
    }),
    state: t.field({
      type: WorkflowState,
      description: 'Where it stands.',
      resolve: ({ workflow }) => workflow.state,
    }),
    steps: t.field({
      type: [WorkflowStep],
      description: 'Its steps in order, as they stood when it began.',
      resolve: (read) => read.workflow.steps.map((step, index) => ({ step, run: runOfStep(read, index) })),
    }),
    jobs: t.field({
      type: [JobName],
      description: 'The jobs of its steps.',
      resolve: ({ workflow }) => workflow.steps.map((step) => step.job),
    }),
    position: t.int({
      description: 'Index of the current step, or of the last one that was begun, from 0.',
      resolve: ({ workflow }) => workflow.position,
    }),
    fractionDone: t.float({
      description: 'Share of its steps that are done, 0..1.',
      resolve: ({ workflow }) => fractionDone(workflow),
    }),
    canContinue: t.boolean({
      description:
        'Whether it has stopped before its last step was done: `continueWorkflow` takes it up again.',
      resolve: ({ workflow }) => hasStopped(workflow),
    }),
    trigger: t.field({
      type: Trigger,
      description: 'What started it.',
      resolve: ({ workflow }) => workflow.trigger,
    }),
    runs: t.field({
      type: [JobRun],
      description: 'Its runs so far, in order; a step that was continued has several.',
      resolve: ({ runs }) => [...runs],
    }),
    error: t.field({
      type: JobError,
      nullable: true,
      description: 'Why it failed.',
      resolve: (read) => (read.workflow.state === 'FAILED' ? failureOf(read) : null),
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When it began.',
      resolve: ({ workflow }) => workflow.startedAt,
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it ended.',
      resolve: ({ workflow }) => workflow.finishedAt,
    }),
    durationMs: t.int({
      description: 'Time since it began, or from its begin to its end, in ms; time it stood still included.',
      resolve: ({ workflow: { startedAt, finishedAt } }, _args, { now }) =>
        (finishedAt ?? now()).getTime() - startedAt.getTime(),
    }),
  }),
});

function runOfStep({ workflow, runs }: WorkflowWithRuns, position: number): JobRunRow | null {
  const id = newestRunOfStep(workflow).get(position);
  return runs.find((run) => run.id === id) ?? null;
}

/** A step that never got a run belongs to a job which this program does not have. */
function failureOf(read: WorkflowWithRuns) {
  const { position, steps } = read.workflow;
  const run = runOfStep(read, position);
  if (run || newestRunOfStep(read.workflow).has(position)) return run?.error;
  return {
    code: 'NOT_FOUND',
    message: `There is no job "${steps[position]?.job}" any more.`,
    remedy: 'Start a workflow anew with runWorkflow.',
  };
}
