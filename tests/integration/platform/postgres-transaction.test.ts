import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Queryable } from '../../../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/** Any exception that nobody can catch fails these tests too. */
describe.skipIf(!process.env.DATABASE_URL)('a transaction whose connection breaks', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });

  afterAll(() => db.close());

  /** Breaks a transaction from outside while it waits, then lets it go on with `next`. */
  async function breakIn(next: (tx: Queryable) => Promise<unknown>): Promise<unknown> {
    const broken = db.transaction(async (tx) => {
      const [row] = await tx.rows<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await db.rows(sql`select pg_terminate_backend(${row?.pid ?? 0})`);
      await outcome.catch(() => {});
      await sleep(0);
      return next(tx);
    });
    const outcome: Promise<unknown> = broken;
    return broken;
  }

  it.each([
    ['goes on with a statement', (tx: Queryable) => tx.rows(sql`select 1`)],
    ['is done', async () => 'done'],
    [
      'fails',
      async () => {
        throw new Error('on its own');
      },
    ],
  ])('is rejected with what broke it, and its work that %s afterwards does no harm', async (_name, next) => {
    await expect(breakIn(next)).rejects.toThrow();
    await sleep(50);
    expect(await db.rows(sql`select 1 as one`)).toEqual([{ one: 1 }]);
  });
});
