import type { Progress } from '../platform/context.ts';
import type { InspectedLibrary } from './inspect-library.ts';
import { stepsInWords } from './server-steps.ts';

/** Files listed for each user, of each kind. */
const LISTED = 10;

/** Tells what a run would do for one user: one line with the figures, the first files and the steps at the server. */
export function reportDryRun(progress: Progress, inspected: InspectedLibrary): void {
  const { user, place, diff, plan, steps } = inspected;
  const would = [
    diff.create.length > 0 && `write ${diff.create.length} new files`,
    diff.update.length > 0 && `change ${diff.update.length} files`,
    diff.remove.length > 0 && `remove ${diff.remove.length} files`,
    ...stepsInWords(steps),
  ].filter((part) => part !== false);
  const sentence =
    would.length > 0 ? `would ${would.join(', ')}` : 'nothing would be done, all is as it should be';
  const why = user.enabled ? '' : ' (no longer enabled)';
  progress.log('info', `${user.name}${why}: ${sentence}.`, {
    folder: place.path,
    series: plan.shown.length,
    unchanged: diff.unchanged,
    ...listed('write', diff.create),
    ...listed('change', diff.update),
    ...listed('remove', diff.remove),
  });
}

function listed(name: string, paths: readonly string[]): Record<string, readonly string[]> {
  return paths.length > 0 ? { [name]: paths.slice(0, LISTED) } : {};
}
