import type { Database, Queryable } from '../platform/database.ts';

const UNDO = new Error('The rehearsal is over.');

/** How a verb writes: in one transaction, which a dry run takes back. */
export type Write = <Result>(work: (tx: Queryable) => Promise<Result>) => Promise<Result>;

/**
 * How to write to `db`. In a dry run everything is done in a transaction that is rolled back: its counts are those of
 * the real thing, and no row is left of it.
 */
export function writerOf(db: Database, dryRun: boolean): Write {
  if (!dryRun) return (work) => db.transaction(work);
  return async (work) => {
    const done: Awaited<ReturnType<typeof work>>[] = [];
    await db
      .transaction(async (tx) => {
        done.push(await work(tx));
        throw UNDO;
      })
      .catch((error: unknown) => {
        if (error !== UNDO) throw error;
      });
    const [result] = done;
    if (result === undefined) throw new TypeError('The rehearsal came to no end.');
    return result;
  };
}
