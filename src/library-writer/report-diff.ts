import { join } from 'node:path';
import type { Progress } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { InspectedLibrary } from './inspect-library.ts';

/** Listed one by one; the rest is summed up, so that one lost manifest does not fill the run's record. */
const LISTED = 20;

/** Reports what will not be in a user's library: picks without files, and files that something is in the way of. */
export function reportDiff(progress: Progress, { user, place, plan, diff, steps }: InspectedLibrary): void {
  const target = { kind: 'user', id: user.id } as const;
  if (user.path !== null && user.path !== place.path && user.fileCount > 0)
    progress.log('warn', `${user.name}: the library moved; what is left at the old place can be removed.`, {
      from: user.path,
      to: place.path,
    });
  if (plan.leftOut.length > 0)
    progress.log('warn', `${user.name}: picks without a file that the user may see are left out.`, {
      series: plan.leftOut.slice(0, LISTED),
      count: plan.leftOut.length,
    });
  if (steps.isBlocked)
    progress.log('warn', `${user.name}: an administrator blocked the library for this user.`, {
      remedy: 'Unblock it in the dashboard of the media server, or disable the user here.',
    });
  for (const conflict of diff.conflicts.slice(0, LISTED))
    progress.fail(join(place.path, conflict.path), inTheWay(join(place.path, conflict.by), 'a file'), target);
  const rest = diff.conflicts.length - LISTED;
  if (rest > 0) progress.fail(place.path, inTheWay(place.path, `${rest} more files`), target);
}

function inTheWay(path: string, what: string): ShowrunnerError {
  return new ShowrunnerError(
    'LIBRARY_WRITE_FAILED',
    `${path} holds something that Showrunner did not write, in the way of ${what}.`,
    { value: path, remedy: 'Move it out of the library folder, then run the job again.' },
  );
}
