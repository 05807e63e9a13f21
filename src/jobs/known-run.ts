import type { Queryable } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { FINAL_STATES } from './run-event.ts';
import { findRun, type JobRun } from './runs.repo.ts';

/**
 * The run with this id.
 *
 * @throws ShowrunnerError `NOT_FOUND`
 */
export async function knownRun(db: Queryable, runId: string): Promise<JobRun> {
  const run = await findRun(db, runId);
  if (run) return run;
  throw noSuchRun(runId);
}

/**
 * The run with this id, which nothing changes any more.
 *
 * @throws ShowrunnerError `NOT_FOUND`, or `CONFLICT` while it has not ended
 */
export async function endedRun(db: Queryable, runId: string): Promise<JobRun> {
  const run = await knownRun(db, runId);
  if (FINAL_STATES.includes(run.state)) return run;
  throw new ShowrunnerError('CONFLICT', `The run has not ended: it is ${run.state}.`, {
    field: 'runId',
    value: runId,
    remedy: 'Wait for it, or cancel it first.',
  });
}

/** The error for an id that no run has. */
export function noSuchRun(runId: string): ShowrunnerError {
  return new ShowrunnerError('NOT_FOUND', 'There is no such run.', {
    field: 'runId',
    value: runId,
    remedy: 'It may have been pruned; list the runs with jobRuns.',
  });
}
