import { ShowrunnerError } from '../src/platform/errors.ts';
import type { ApiContext } from './context.ts';
import { manual } from './trigger.ts';

/** Without these nothing can be picked yet, or nothing can be started now: the next regular run takes it up. */
const LATER: readonly string[] = ['PREREQUISITE_MISSING', 'SCHEDULER_UNAVAILABLE'];

/**
 * Asks for new picks of a user, as a finished series does; returns whether a run for it is queued or running. A run that
 * is already under way may have read what was before: then one more is asked for, which waits for it.
 */
export async function askForNewPicks(context: ApiContext, userId: number): Promise<boolean> {
  const ask = (params: { userIds: number[]; force?: boolean }) =>
    context.jobs.runJob({ job: 'generate-series-recommendations', params, trigger: manual(context) });
  try {
    const { run, alreadyActive } = await ask({ userIds: [userId] });
    if (alreadyActive && run.state !== 'QUEUED') await ask({ userIds: [userId], force: true });
    return true;
  } catch (error) {
    if (error instanceof ShowrunnerError && LATER.includes(error.code)) return false;
    throw error;
  }
}
