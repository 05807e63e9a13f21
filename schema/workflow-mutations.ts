import { z } from 'zod';
import type { WorkflowRun as WorkflowRunRow } from '../src/jobs/workflows.repo.ts';
import { readWorkflowWithRuns, type WorkflowWithRuns, withRuns } from '../src/jobs/workflows.repo.ts';
import { builder } from './builder.ts';
import type { ApiContext } from './context.ts';
import { BadInputError, failing, NotFoundError } from './failures.ts';
import { parseInput } from './input.ts';
import { ConflictError, PrerequisiteMissingError, SchedulerUnavailableError } from './job-failures.ts';
import { globalUuid } from './job-ids.ts';
import { OPERATOR, WorkflowName } from './job-types.ts';
import { caller, keyName, manual } from './trigger.ts';
import { WorkflowRun } from './workflow-objects.ts';

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

const ContinuedWorkflow = builder.objectRef<{ workflow: WorkflowWithRuns }>('ContinuedWorkflow').implement({
  description: 'The workflow goes on with a new run of the step at which it stopped.',
  fields: (t) => ({
    workflow: t.expose('workflow', { type: WorkflowRun, description: 'The workflow.' }),
  }),
});

const CancelledWorkflow = builder.objectRef<{ workflow: WorkflowWithRuns }>('CancelledWorkflow').implement({
  description:
    'The cancel request was taken. The workflow is CANCELLED as soon as its current run is: one that was executed is STOPPING until its job has let go.',
  fields: (t) => ({
    workflow: t.expose('workflow', { type: WorkflowRun, description: 'The workflow.' }),
  }),
});

const Arguments = z.object({ id: globalUuid('WorkflowRun') });

builder.mutationFields((t) => ({
  runWorkflow: t.field({
    type: StartedWorkflow,
    description:
      'Runs the jobs of a workflow one after the other. A workflow that is running is never started twice.',
    authScopes: OPERATOR,
    args: {
      workflow: t.arg({ type: WorkflowName, required: true, description: 'The workflow.' }),
      force: t.arg.boolean({
        description: 'Start it even where jobs are missing that should run before its steps.',
      }),
    },
    errors: { types: [BadInputError, NotFoundError, PrerequisiteMissingError, SchedulerUnavailableError] },
    resolve: (_root, { workflow: name, force }, context) =>
      failing(async () => {
        const started = await context.jobs.runWorkflow(name, manual(context), force ?? false);
        return { workflow: await complete(context, started.workflow), alreadyActive: started.alreadyActive };
      }),
  }),
  continueWorkflow: t.field({
    type: ContinuedWorkflow,
    description:
      'Continues a workflow that failed, was cancelled or stopped at a PARTIAL step, from that step on.',
    authScopes: OPERATOR,
    args: { id: t.arg.id({ required: true, description: 'Id of a WorkflowRun that has stopped.' }) },
    errors: { types: [BadInputError, NotFoundError, ConflictError, SchedulerUnavailableError] },
    resolve: (_root, args, context) =>
      failing(async () => {
        const { id } = parseInput(Arguments, args);
        const workflow = await context.jobs.continueWorkflow(id, caller(context));
        return { workflow: await complete(context, workflow) };
      }),
  }),
  cancelWorkflow: t.field({
    type: CancelledWorkflow,
    description:
      'Cancels the current run of a workflow, on whichever process it runs, and with it the workflow.',
    authScopes: OPERATOR,
    args: { id: t.arg.id({ required: true, description: 'Id of a WorkflowRun that is running.' }) },
    errors: { types: [BadInputError, NotFoundError, ConflictError] },
    resolve: (_root, args, context) =>
      failing(async () => {
        const { id } = parseInput(Arguments, args);
        await context.jobs.cancelWorkflow(id, keyName(context));
        const workflow = await readWorkflowWithRuns(context.db, id);
        if (!workflow) throw new TypeError('The cancelled workflow is gone.');
        return { workflow };
      }),
  }),
}));

async function complete({ db }: ApiContext, workflow: WorkflowRunRow): Promise<WorkflowWithRuns> {
  const [read] = await withRuns(db, [workflow]);
  if (!read) throw new TypeError('A workflow was given without its runs.');
  return read;
}
