import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { planHistory } from './history-libraries.ts';
import { readSince } from './history-marks.ts';
import { historyLibraries } from './play-states.repo.ts';
import { readHistoryChanges } from './read-history-changes.ts';
import { readWholeHistory } from './read-whole-history.ts';
import type { UserActivity } from './user-activity.ts';
import type { EnabledUser } from './watch-snapshot.repo.ts';
import type { HistoryChange } from './write-history.ts';

/**
 * Reads a user's history, and nothing but what changed where that will do: after a complete pass within the last day.
 *
 * @param input.full whether to read everything in any case
 * @throws ShowrunnerError `MEDIA_SERVER_*` when a list breaks off
 */
export async function readUserHistory(
  context: VerbContext & { readonly mediaServer: MediaServer },
  user: EnabledUser,
  input: { readonly full: boolean; readonly activity: UserActivity | null },
): Promise<HistoryChange> {
  const plan = planHistory(user, await historyLibraries(context.db, user.id));
  const marks = { fullAt: user.historyFullAt, readTo: user.historyReadTo };
  const since = input.full ? null : readSince(marks, context.now());
  const changes =
    since && (await readHistoryChanges(context, user, plan, { since, activity: input.activity }));
  return changes ?? readWholeHistory(context, user, plan);
}
