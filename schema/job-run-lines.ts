import type { GraphQLResolveInfo } from 'graphql';
import { z } from 'zod';
import { type RunLines, readRunLines } from '../src/jobs/run-lines.repo.ts';
import { builder } from './builder.ts';
import { toConnection } from './connection.ts';
import type { ApiContext } from './context.ts';
import { cursor } from './cursor.ts';
import { pageSize, parseInput } from './input.ts';
import { JobItemFailed, JobLogLine, toJobEvent } from './job-events.ts';
import { globalUuid } from './job-ids.ts';
import { OPERATOR } from './job-types.ts';
import { selectionOf } from './selection.ts';

const LogLevel = builder.enumType('LogLevel', {
  description: 'Severity of a log line.',
  values: {
    DEBUG: { value: 'debug' as const, description: 'Only of use when something is looked into.' },
    INFO: { value: 'info' as const, description: 'What was done.' },
    WARN: { value: 'warn' as const, description: 'Something to look at when there is time.' },
    ERROR: { value: 'error' as const, description: 'Something that did not work.' },
  },
});

const JobLogLineConnection = builder.connectionObject(
  { type: JobLogLine, name: 'JobLogLineConnection', description: 'A page of log lines.' },
  { name: 'JobLogLineEdge', description: 'A log line and its place.' },
);
const JobItemFailedConnection = builder.connectionObject(
  { type: JobItemFailed, name: 'JobItemFailedConnection', description: 'A page of failed items.' },
  { name: 'JobItemFailedEdge', description: 'A failed item and its place.' },
);

const Arguments = z.object({
  runId: globalUuid('JobRun'),
  first: pageSize(50),
  after: cursor('RUN_LINES', z.tuple([z.number().int()])),
});

builder.queryFields((t) => ({
  jobRunLog: t.field({
    type: JobLogLineConnection,
    description: 'The log of a run in order, a page at a time; of a run that is unknown or pruned nothing.',
    authScopes: OPERATOR,
    args: {
      runId: t.arg.id({ required: true, description: 'Id of a JobRun.' }),
      minLevel: t.arg({
        type: LogLevel,
        defaultValue: 'debug',
        description: 'Lines of this level or above.',
      }),
      first: t.arg.int({ defaultValue: 50, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: '`endCursor` of the page before.' }),
    },
    resolve: async (_root, args, context, info) => {
      const lines = { type: 'LOG', minLevel: args.minLevel ?? 'debug' } as const;
      const { rows, total, asked } = await read(args, lines, context, info);
      const nodes = rows.flatMap(({ key, node: event }) => {
        const node = toJobEvent({ kind: 'event', event }, event.at);
        return node.typename === 'JobLogLine' ? [{ key, node }] : [];
      });
      return toConnection('RUN_LINES', { rows: nodes, ...total }, asked);
    },
  }),
  jobRunFailures: t.field({
    type: JobItemFailedConnection,
    description: 'Items of a run that failed, over all its attempts, in order, a page at a time.',
    authScopes: OPERATOR,
    args: {
      runId: t.arg.id({ required: true, description: 'Id of a JobRun.' }),
      first: t.arg.int({ defaultValue: 50, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: '`endCursor` of the page before.' }),
    },
    resolve: async (_root, args, context, info) => {
      const { rows, total, asked } = await read(args, { type: 'ITEM_FAILED' }, context, info);
      const nodes = rows.flatMap(({ key, node: event }) => {
        const node = toJobEvent({ kind: 'event', event }, event.at);
        return node.typename === 'JobItemFailed' ? [{ key, node }] : [];
      });
      return toConnection('RUN_LINES', { rows: nodes, ...total }, asked);
    },
  }),
}));

async function read(args: unknown, lines: RunLines, { db }: ApiContext, info: GraphQLResolveInfo) {
  const { runId, first, after } = parseInput(Arguments, args);
  const counted = selectionOf(info).fields.has('totalCount');
  const page = await readRunLines(db, { runId, lines, first, after: after?.[0] ?? null, counted });
  return {
    rows: page.rows ?? [],
    total: page.total === undefined ? {} : { total: page.total },
    asked: { first, after },
  };
}
