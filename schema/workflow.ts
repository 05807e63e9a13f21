import { z } from 'zod';
import { WORKFLOW_STATES } from '../drizzle/tables/jobs.ts';
import { WORKFLOWS, type WorkflowDefinition } from '../src/jobs/workflow-list.ts';
import {
  countWorkflowRuns,
  listWorkflowRuns,
  newestWorkflowRuns,
  readWorkflowWithRuns,
  type WorkflowWithRuns,
} from '../src/jobs/workflows.repo.ts';
import { builder } from './builder.ts';
import { toConnection } from './connection.ts';
import { cursor } from './cursor.ts';
import { pageSize, parseInput } from './input.ts';
import { globalUuid, isUuid } from './job-ids.ts';
import { enumName } from './job-names.ts';
import { JobName, OPERATOR, WorkflowName, WorkflowState } from './job-types.ts';
import { parseDateTime } from './scalars.ts';
import { selectionOf } from './selection.ts';
import { WorkflowRun } from './workflow-objects.ts';

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
        resolve: ({ definition }) => definition.steps.map((step) => step.job),
      }),
      lastRun: t.expose('lastRun', { type: WorkflowRun, nullable: true, description: 'Its newest run.' }),
    }),
  });

const WorkflowRunFilter = builder.inputType('WorkflowRunFilter', {
  description: 'Which workflow runs to list: all that is given must hold; of a list any value may match.',
  fields: (t) => ({
    workflows: t.stringList({
      description: 'Names as in `WorkflowRun.name`: a WorkflowName, or `schedule:` and the id of a schedule.',
    }),
    states: t.field({ type: [WorkflowState], description: 'Workflow runs in these states.' }),
  }),
});

const WorkflowRunConnection = builder.connectionObject(
  { type: WorkflowRun, name: 'WorkflowRunConnection', description: 'A page of workflow runs.' },
  { name: 'WorkflowRunEdge', description: 'A workflow run and its place in the list.' },
);

const storedName = z.string().transform((name, context) => {
  const definition = WORKFLOWS.find((workflow) => enumName(workflow.name) === name);
  if (definition) return definition.name;
  if (/^schedule:\P{Cc}{1,100}$/u.test(name)) return name;
  context.addIssue({
    code: 'custom',
    message: `There is no workflow "${name.slice(0, 100)}".`,
    params: { remedy: `Workflows: ${WORKFLOWS.map((workflow) => enumName(workflow.name)).join(', ')}.` },
  });
  return z.NEVER;
});

const ListArguments = z.object({
  first: pageSize(20),
  after: cursor(
    'WORKFLOW_RUNS',
    z.tuple([z.string().refine((text) => parseDateTime(text) !== null), z.string().refine(isUuid)]),
  ),
  filter: z
    .object({
      workflows: z.array(storedName).max(100).nullish(),
      states: z.array(z.enum(WORKFLOW_STATES)).nullish(),
    })
    .nullish(),
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
  workflowRuns: t.field({
    type: WorkflowRunConnection,
    description: 'Workflow runs, the newest first, a page at a time.',
    authScopes: OPERATOR,
    args: {
      first: t.arg.int({ defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: '`endCursor` of the page before.' }),
      filter: t.arg({ type: WorkflowRunFilter, description: 'Which workflow runs; all when left out.' }),
    },
    resolve: async (_root, args, { db }, info) => {
      const { filter: given, ...asked } = parseInput(ListArguments, args);
      const filter = given ?? {};
      const rows = await listWorkflowRuns(db, { filter, ...asked });
      const isCounted = selectionOf(info).fields.has('totalCount');
      const page = { rows, ...(isCounted && { total: await countWorkflowRuns(db, filter) }) };
      return toConnection('WORKFLOW_RUNS', page, asked);
    },
  }),
}));
