import { z } from 'zod';
import { countRuns, listRuns, newestRuns } from '../src/jobs/run-list.repo.ts';
import { findRun } from '../src/jobs/runs.repo.ts';
import { builder } from './builder.ts';
import { toConnection } from './connection.ts';
import { cursor } from './cursor.ts';
import { pageSize, parseInput } from './input.ts';
import { globalUuid, isUuid } from './job-ids.ts';
import { Job, JobRun } from './job-objects.ts';
import { JobRunFilter, runFilter } from './job-run-filter.ts';
import { OPERATOR } from './job-types.ts';
import { parseDateTime } from './scalars.ts';
import { selectionOf } from './selection.ts';

const JobRunConnection = builder.connectionObject(
  { type: JobRun, name: 'JobRunConnection', description: 'A page of runs.' },
  { name: 'JobRunEdge', description: 'A run and its place in the list.' },
);

const ListArguments = z.object({
  first: pageSize(20),
  after: cursor(
    'RUNS',
    z.tuple([z.string().refine((text) => parseDateTime(text) !== null), z.string().refine(isUuid)]),
  ),
  filter: runFilter,
});

builder.queryFields((t) => ({
  jobs: t.field({
    type: [Job],
    description: 'All jobs, in the order in which a first set-up runs them.',
    authScopes: OPERATOR,
    resolve: async (_root, _args, { db, jobs }) => {
      const newest = await newestRuns(db);
      return [...jobs.registry.values()].map((definition) => ({
        definition,
        lastRun: newest.get(definition.name) ?? null,
      }));
    },
  }),
  jobRun: t.field({
    type: JobRun,
    nullable: true,
    description: 'The run with the id; null when there is none.',
    authScopes: OPERATOR,
    args: { id: t.arg.id({ required: true, description: 'Id of a JobRun.' }) },
    resolve: (_root, args, { db }) =>
      findRun(db, parseInput(z.object({ id: globalUuid('JobRun') }), args).id),
  }),
  jobRuns: t.field({
    type: JobRunConnection,
    description: 'Runs, the newest first, a page at a time.',
    authScopes: OPERATOR,
    args: {
      first: t.arg.int({ defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: '`endCursor` of the page before.' }),
      filter: t.arg({ type: JobRunFilter, description: 'Which runs; all when left out.' }),
    },
    resolve: async (_root, args, { db }, info) => {
      const { filter, ...asked } = parseInput(ListArguments, args);
      const rows = await listRuns(db, { filter, ...asked });
      const counted = selectionOf(info).fields.has('totalCount');
      return toConnection('RUNS', { rows, ...(counted && { total: await countRuns(db, filter) }) }, asked);
    },
  }),
}));
