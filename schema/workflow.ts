import { z } from 'zod';
import type { WorkflowDefinition } from '../src/jobs/workflow-list.ts';
import { WORKFLOWS } from '../src/jobs/workflow-list.ts';
import {
  newestWorkflowRuns,
  readWorkflowWithRuns,
  runsOfWorkflow,
  type WorkflowWithRuns,
} from '../src/jobs/workflows.repo.ts';
import { builder } from './builder.ts';
import { BadInputError, failing, NotFoundError } from './failures.ts';
import { parseInput } from './input.ts';
import { globalUuid, isUuid } from './job-ids.ts';
import { enumName } from './job-names.ts';
import { JobRun } from './job-objects.ts';
import { JobName, OPERATOR, Trigger, WorkflowName, WorkflowState } from './job-types.ts';
import { manual } from './trigger.ts';

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
    jobs: t.field({
      type: [JobName],
      description: 'All its jobs in order.',
      resolve: ({ workflow }) => workflow.jobs,
    }),
    position: t.int({
      description: 'Index of the current job, from 0.',
      resolve: ({ workflow }) => workflow.position,
    }),
    trigger: t.field({
      type: Trigger,
      description: 'What started it.',
      resolve: ({ workflow }) => workflow.trigger,
    }),
    runs: t.field({
      type: [JobRun],
      description: 'Its runs so far, in order.',
      resolve: ({ runs }) => [...runs],
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
  }),
});

const Workflow = builder
  .objectRef<{ definition: WorkflowDefinition; lastRun: WorkflowWithRuns | null }>('Workflow')
  .implement({
    description: 'A named order of jobs that can be run.',
    authScopes: OPERATOR,
    fields: (t) => ({
      name: t.field({
        type: WorkflowName,
        description: 'Its name.',
        resolve: ({ definition }) => definition.name,
      }),
      description: t.string({
        description: 'What it is for.',
        resolve: ({ definition }) => definition.description,
      }),
      jobs: t.field({
        type: [JobName],
        description: 'Its jobs in order.',
        resolve: ({ definition }) => [...definition.jobs],
      }),
      lastRun: t.expose('lastRun', { type: WorkflowRun, nullable: true, description: 'Its newest run.' }),
    }),
  });

const StartedWorkflow = builder
  .objectRef<{ workflow: WorkflowWithRuns; alreadyActive: boolean }>('StartedWorkflow')
  .implement({
    description: 'The workflow that was asked for.',
    fields: (t) => ({
      workflow: t.expose('workflow', { type: WorkflowRun, description: 'The workflow.' }),
      alreadyActive: t.exposeBoolean('alreadyActive', {
        description: 'Whether this workflow was running already: then that one is given.',
      }),
    }),
  });

builder.queryFields((t) => ({
  workflows: t.field({
    type: [Workflow],
    description: 'All workflows that can be started by name.',
    authScopes: OPERATOR,
    resolve: async (_root, _args, { db }) => {
      const newest = await newestWorkflowRuns(db);
      return WORKFLOWS.map((definition) => ({ definition, lastRun: newest.get(definition.name) ?? null }));
    },
  }),
  workflowRun: t.field({
    type: WorkflowRun,
    nullable: true,
    description: 'The workflow run with the id; null when there is none.',
    authScopes: OPERATOR,
    args: { id: t.arg.id({ required: true, description: 'Id of a WorkflowRun.' }) },
    resolve: (_root, args, { db }) =>
      readWorkflowWithRuns(db, parseInput(z.object({ id: globalUuid('WorkflowRun') }), args).id),
  }),
}));

builder.mutationFields((t) => ({
  runWorkflow: t.field({
    type: StartedWorkflow,
    description:
      'Runs the jobs of a workflow one after the other. A workflow that is running is never started twice.',
    authScopes: OPERATOR,
    args: { workflow: t.arg({ type: WorkflowName, required: true, description: 'The workflow.' }) },
    errors: { types: [BadInputError, NotFoundError] },
    resolve: (_root, args, context) =>
      failing(async () => {
        const { workflow, alreadyActive } = await context.jobs.runWorkflow(args.workflow, manual(context));
        return { workflow: { workflow, runs: await runsOfWorkflow(context.db, workflow.id) }, alreadyActive };
      }),
  }),
}));
