import { join } from 'node:path';
import type { ServerInfo } from '../media-server/media-server.ts';
import type { InspectedLibrary } from './inspect-library.ts';
import type { LibrarySettings } from './library-settings.ts';
import { playsLocalStrm } from './output-mode.ts';

/** What keeps a library from being what its user expects. */
type ProblemCode =
  | 'NO_RECOMMENDATIONS'
  | 'PICKS_WITHOUT_FILES'
  | 'FILES_IN_THE_WAY'
  | 'STRM_NOT_PLAYED'
  | 'USER_UNKNOWN'
  | 'ACCESS_BLOCKED'
  | 'SEES_OTHERS_PICKS'
  | 'LIBRARY_HAS_OTHER_FOLDERS'
  | 'LIBRARY_MOVED';

/** One problem of a library. */
export interface LibraryProblem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly remedy: string;
}

/** Items named in a message; the rest is counted. */
const LISTED = 5;

/** What is wrong with a library, from what was found out about it. */
export function findProblems(
  inspected: InspectedLibrary,
  around: {
    readonly settings: LibrarySettings;
    readonly info: ServerInfo;
    readonly visibleOthers: readonly string[];
  },
): readonly LibraryProblem[] {
  const { user, place, plan, diff, steps } = inspected;
  const { settings, info, visibleOthers } = around;
  const problems: LibraryProblem[] = [];
  const add = (isSo: boolean, code: LibraryProblem['code'], message: string, remedy: string) => {
    if (isSo) problems.push({ code, message, remedy });
  };
  add(
    user.enabled && user.setId === null,
    'NO_RECOMMENDATIONS',
    'There are no recommendations for this user: the library stays as it is.',
    'Run generate-series-recommendations.',
  );
  add(
    plan.leftOut.length > 0,
    'PICKS_WITHOUT_FILES',
    `Picks without a file that the user may see are left out: ${some(plan.leftOut)}.`,
    'Run sync-series, and check which libraries the user may open.',
  );
  add(
    diff.conflicts.length > 0,
    'FILES_IN_THE_WAY',
    `Something that Showrunner did not write is in the way: ${some(diff.conflicts.map(({ by }) => join(place.path, by)))}.`,
    'Move it out of the library folder.',
  );
  add(
    user.enabled && settings.mode === 'strm' && !playsLocalStrm(info),
    'STRM_NOT_PLAYED',
    `Jellyfin ${info.version} does not play STRM files that hold a path.`,
    'Set SHOWRUNNER_LIBRARY_MODE=symlink.',
  );
  add(
    user.enabled && !steps.isKnownUser,
    'USER_UNKNOWN',
    'The media server does not know this user any more.',
    'Run sync-users.',
  );
  add(
    steps.isBlocked,
    'ACCESS_BLOCKED',
    'An administrator blocked the library for this user.',
    'Unblock it in the dashboard of the media server, or disable the user here.',
  );
  add(
    visibleOthers.length > 0,
    'SEES_OTHERS_PICKS',
    `The user can open libraries with the picks of others: ${some(visibleOthers)}.`,
    'Call restrictLibraryAccess, or choose their libraries in the dashboard of the media server.',
  );
  add(
    steps.isShared,
    'LIBRARY_HAS_OTHER_FOLDERS',
    'The library also shows folders that are not ours, so it is never removed.',
    'Take the other folders out of it in the dashboard of the media server.',
  );
  add(
    user.path !== null && user.path !== place.path && user.fileCount > 0,
    'LIBRARY_MOVED',
    `The library moved here; what is left at ${user.path} is no longer looked after.`,
    'Remove the old folder and its library at the media server.',
  );
  return problems;
}

function some(items: readonly string[]): string {
  const rest = items.length - LISTED;
  const listed = [...new Set(items)].slice(0, LISTED).join(', ');
  return rest > 0 ? `${listed} and ${rest} more` : listed;
}
