import type { Database } from '../platform/database.ts';
import { holdRun, type RunOwner } from './runs.repo.ts';

/**
 * The database as a verb gets it: a transaction commits only while `owner` still has the run. A process that was
 * frozen past its lease and wakes up while another one does its run can so write nothing. The run's row stays locked
 * from the look at it to the commit, so nobody takes the run in between.
 *
 * @param onLost called when the run is found to be another's; the transaction is then rolled back with what it returns
 */
export function fencedDatabase(db: Database, owner: RunOwner, onLost: () => Error): Database {
  // The embedded database belongs to one process, whose runs nobody else takes.
  if (db.kind === 'embedded') return db;
  return {
    ...db,
    transaction: (work) =>
      db.transaction(async (tx) => {
        const result = await work(tx);
        if (!(await holdRun(tx, owner))) throw onLost();
        return result;
      }),
  };
}
