import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { defineJob, type JobDefinition } from '../../src/jobs/job-definition.ts';
import type { Database, Queryable } from '../../src/platform/database.ts';
import { ShowrunnerError } from '../../src/platform/errors.ts';

/** What the jobs below did: a row for each thing, with the process that did it. */
export interface Mark {
  readonly what: string;
  readonly number: number;
  readonly pid: number;
  /** Seconds since 1970 by the database's clock. */
  readonly at: number;
}

/** Makes the table in which the jobs below note what they do. */
export async function createMarks(db: Database): Promise<void> {
  await db.rows(sql`create table contract_marks (
    id bigint generated always as identity, what text not null, number int not null, pid int not null,
    at timestamptz not null default clock_timestamp())`);
}

/** Everything that was noted with these words, oldest first. */
export async function marksOf(db: Database, ...words: string[]): Promise<Mark[]> {
  return db.rows<{ what: string; number: number; pid: number; at: number }>(sql`
    select what, number, pid, extract(epoch from at)::float8 as at from contract_marks
    where what in (select json_array_elements_text(${JSON.stringify(words)}::json)) order by id`);
}

async function mark({ db }: { db: Queryable }, what: string, number: number): Promise<void> {
  await db.rows(
    sql`insert into contract_marks (what, number, pid) values (${what}, ${number}, ${process.pid})`,
  );
}

const params = z.object({ number: z.number().int().default(0) });

const writer = (name: string) =>
  defineJob({
    name,
    description: 'Writes the catalog for a moment.',
    resources: ['catalog'],
    params,
    run: async (context, _services, { number }) => {
      await mark(context, 'writing', number);
      await sleep(3);
      await mark(context, 'written', number);
      return {};
    },
  });

/** Small jobs that show what an engine does with its runs; they need no services. */
export const CONTRACT_JOBS: readonly JobDefinition[] = [
  defineJob({
    name: 'record',
    description: 'Notes that it was executed.',
    resources: [],
    params,
    run: async (context, _services, { number }) => {
      await mark(context, 'executed', number);
      return { number };
    },
  }),
  defineJob({
    name: 'hold',
    description: 'Makes one step forward and then waits until it is told to stop.',
    resources: [],
    params,
    run: async (context, _services, { number }) => {
      context.progress.step('holding', 2, 'parts');
      context.progress.advance(1);
      await sleep(600_000, undefined, { signal: context.signal }).catch(() => mark(context, 'told', number));
      context.signal.throwIfAborted();
      return {};
    },
  }),
  writer('write-one'),
  writer('write-other'),
  defineJob({
    name: 'flaky',
    description: 'Fails the first time with something that passes.',
    resources: [],
    backoffMs: 20,
    params,
    run: async (context, _services, { number }) => {
      await mark(context, 'tried', number);
      if ((await marksOf(context.db, 'tried')).length > 1) return {};
      throw new ShowrunnerError('MEDIA_SERVER_UNREACHABLE', 'It was away.', { retryable: true });
    },
  }),
  defineJob({
    name: 'crash',
    description: 'Kills the process that executes it.',
    resources: ['watch'],
    params,
    run: async (context, _services, { number }) => {
      await mark(context, 'crashing', number);
      process.kill(process.pid, 'SIGKILL');
      return {};
    },
  }),
  defineJob({
    name: 'write-slowly',
    description: 'Keeps a transaction open for `number` ms before it commits.',
    resources: ['libraries'],
    params,
    run: async (context, _services, { number }) => {
      await context.db.transaction(async (tx) => {
        await tx.rows(sql`select pg_advisory_xact_lock(1)`);
        await mark(context, 'locked', number);
        await sleep(number);
        await mark({ db: tx }, 'committed', number);
      });
      return {};
    },
  }),
  defineJob({
    name: 'write-many',
    description: 'Writes `number` rows one after the other, and continues where an earlier attempt stopped.',
    resources: ['embeddings'],
    backoffMs: 200,
    params,
    run: async (context, _services, { number }) => {
      const done = (await marksOf(context.db, 'row')).length;
      context.progress.step('rows', number);
      context.progress.advance(done);
      for (let row = done + 1; row <= number; row += 1) {
        context.signal.throwIfAborted();
        await mark(context, 'row', row);
        context.progress.advance();
        await sleep(5);
      }
      return { rows: number };
    },
  }),
];
