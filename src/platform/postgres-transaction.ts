import type { Queryable } from './database.ts';

/**
 * Runs `work` in a transaction of postgres.js, which `begin` begins. When its connection breaks, the transaction is
 * rejected at once and its work is left where it stands: one more statement, even a rollback, on a connection that
 * postgres.js knows to be closed would end the process with an exception that nobody can catch (postgres.js 3.4.9, its
 * issue 1208).
 */
export async function postgresTransaction<Result>(
  begin: (work: (tx: Queryable) => Promise<Result>) => Promise<Result>,
  work: (tx: Queryable) => Promise<Result>,
): Promise<Result> {
  let isOver = false;
  const unlessOver = <Value>(make: () => Promise<Value>): Promise<Value> => (isOver ? never() : make());
  try {
    return await begin(async (tx) => {
      const guarded: Queryable = {
        get orm() {
          if (isOver) throw new Error('The transaction is over: its connection broke.');
          return tx.orm;
        },
        rows: (statement) => unlessOver(() => tx.rows(statement)),
      };
      try {
        const result = await work(guarded);
        return await unlessOver(async () => result);
      } catch (error) {
        return await unlessOver(() => Promise.reject(error));
      }
    });
  } finally {
    isOver = true;
  }
}

/** Whoever waits for it is forgotten together with it. */
function never<Value>(): Promise<Value> {
  return new Promise(() => {});
}
