import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { DEFAULT_THRESHOLDS, type SeriesStateThresholds } from './series-state.ts';
import { syncUserHistory } from './sync-user-history.ts';
import { type SyncUsersInput, syncUsers } from './sync-users.ts';
import { type EnabledUser, enabledUsers } from './watch-snapshot.repo.ts';

/** Whose history to read, and how to judge it. */
export interface SyncSeriesWatchHistoryInput extends SyncUsersInput {
  /** Our ids of the users; all enabled ones when left out. */
  readonly userIds?: readonly number[];
  readonly thresholds?: SeriesStateThresholds;
}

/**
 * Brings users, play states and series states in line with the media server, user by user: what was played, begun or
 * unwatched since. A user whose history cannot be read is reported and keeps what is stored.
 *
 * @returns counts: users (synced), playStatesSeen, playStatesChanged, playStatesCleared (found unwatched),
 * seriesStatesChanged, unknownItems (reported items that stand for no episode we know)
 * @throws ShowrunnerError `MEDIA_SERVER_*` when the server cannot be reached, at first or for every user; `NOT_FOUND`
 * for a user id that names no enabled user
 */
export async function syncSeriesWatchHistory(
  context: VerbContext & { readonly mediaServer: MediaServer },
  input: SyncSeriesWatchHistoryInput,
) {
  const { db, signal, progress } = context;
  await syncUsers(context, input);
  const users = await enabledUsers(db, input.userIds);
  refuseUnknown(users, input.userIds);
  progress.step('Play states', users.length, 'users');
  const counts = {
    users: 0,
    playStatesSeen: 0,
    playStatesChanged: 0,
    playStatesCleared: 0,
    seriesStatesChanged: 0,
    unknownItems: 0,
  };
  const errors: ShowrunnerError[] = [];
  for (const user of users) {
    signal.throwIfAborted();
    try {
      const done = await syncUserHistory(context, user, input.thresholds ?? DEFAULT_THRESHOLDS);
      counts.users += 1;
      counts.playStatesSeen += done.playStatesSeen;
      counts.playStatesChanged += done.playStatesChanged;
      counts.playStatesCleared += done.playStatesCleared;
      counts.seriesStatesChanged += done.seriesStatesChanged;
      counts.unknownItems += done.unknownItems;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ShowrunnerError) || !error.code.startsWith('MEDIA_SERVER_')) throw error;
      progress.fail(user.name, error);
      errors.push(error);
    }
    progress.advance(1, user.name);
  }
  const [firstError] = errors;
  if (firstError && errors.length === users.length && errors.every(isOfConnection)) throw firstError;
  return counts;
}

function isOfConnection({ code }: ShowrunnerError): boolean {
  return code === 'MEDIA_SERVER_UNREACHABLE' || code === 'MEDIA_SERVER_STARTING';
}

function refuseUnknown(users: readonly EnabledUser[], ids: readonly number[] | undefined): void {
  const unknown = ids?.find((id) => !users.some((user) => user.id === id));
  if (unknown === undefined) return;
  throw new ShowrunnerError('NOT_FOUND', 'There is no enabled user with this id.', {
    field: 'userIds',
    value: String(unknown),
    remedy: 'Enable the user for recommendations, or leave the id out.',
  });
}
