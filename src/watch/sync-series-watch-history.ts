import type { MediaServer, MediaUser } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import type { Queryable } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { readSince } from './history-marks.ts';
import { writeParentalRatings } from './parental-ratings.repo.ts';
import { readParentalRatings } from './parental-ratings.ts';
import { readUserHistory } from './read-user-history.ts';
import { type Write, writerOf } from './rehearse.ts';
import { DEFAULT_THRESHOLDS, type SeriesStateThresholds } from './series-state.ts';
import { readUsers, type SyncUsersInput, writeUsers } from './sync-users.ts';
import { type ActivityOfUsers, activityByUser } from './user-activity.ts';
import { findUserId } from './users.repo.ts';
import { type EnabledUser, enabledUsers } from './watch-snapshot.repo.ts';
import { type UserHistoryCounts, writeHistory } from './write-history.ts';

/** Whose history to read, and how to judge it. */
export interface SyncSeriesWatchHistoryInput extends SyncUsersInput {
  /** Our ids of the users; all enabled ones when left out. */
  readonly userIds?: readonly number[] | undefined;
  readonly thresholds?: SeriesStateThresholds;
  /** Whether to read every play state again rather than what changed since the last run. */
  readonly full?: boolean;
}

type HistoryContext = VerbContext & { readonly mediaServer: MediaServer };

/** Lines in the log of a dry run. */
const MOST_LINES = 50;

/**
 * Brings users, play states and series states in line with the media server, user by user: what was played, begun or
 * unwatched since. A user is synced wholly or not at all; one whose history cannot be read is reported and keeps what is
 * stored. Users who played something lately come first.
 *
 * @returns counts: users (synced), playStatesSeen, playStatesChanged, playStatesCleared (found unwatched), playsAdded,
 * seriesStatesChanged, unknownItems (reported items that stand for no episode we know)
 * @throws ShowrunnerError `MEDIA_SERVER_*` when the server cannot be reached, at first or for every user; `NOT_FOUND`
 * for a user id that names no enabled user
 */
export async function syncSeriesWatchHistory(context: HistoryContext, input: SyncSeriesWatchHistoryInput) {
  const { db, signal, progress, now } = context;
  const dryRun = input.dryRun ?? false;
  const write = writerOf(db, dryRun);
  const listed = await readUsers(context);
  const ratings = await readParentalRatings(context, listed);
  const users = await write(async (tx) => {
    if (ratings) await writeParentalRatings(tx, ratings);
    await writeUsers(tx, listed, input.newUsers, now());
    return enabledUsers(tx, input.userIds);
  });
  refuseUnknown(users, input.userIds);
  const activity = await readActivity(context, users, input);
  progress.step('Play states', users.length, 'users');
  const counts = { users: 0, ...NOTHING };
  const errors: ShowrunnerError[] = [];
  let lines = 0;
  for (const user of byActivity(users, activity)) {
    signal.throwIfAborted();
    try {
      const done = await syncUser(context, user, input, { write, listed, activity });
      counts.users += 1;
      add(counts, done);
      if (dryRun && lines < MOST_LINES && isChange(done)) {
        lines += 1;
        progress.log('info', wouldDo(user.name, done));
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ShowrunnerError) || !error.code.startsWith('MEDIA_SERVER_')) throw error;
      progress.fail(user.name, error, { kind: 'user', id: user.id });
      errors.push(error);
    }
    progress.advance(1, user.name);
  }
  const [firstError] = errors;
  if (firstError && errors.length === users.length && errors.every(isOfConnection)) throw firstError;
  return counts;
}

const NOTHING: UserHistoryCounts = {
  playStatesSeen: 0,
  playStatesChanged: 0,
  playStatesCleared: 0,
  playsAdded: 0,
  seriesStatesChanged: 0,
  unknownItems: 0,
};

function add(counts: { -readonly [Name in keyof UserHistoryCounts]: number }, done: UserHistoryCounts): void {
  counts.playStatesSeen += done.playStatesSeen;
  counts.playStatesChanged += done.playStatesChanged;
  counts.playStatesCleared += done.playStatesCleared;
  counts.playsAdded += done.playsAdded;
  counts.seriesStatesChanged += done.seriesStatesChanged;
  counts.unknownItems += done.unknownItems;
}

async function syncUser(
  context: HistoryContext,
  user: EnabledUser,
  input: SyncSeriesWatchHistoryInput,
  shared: {
    readonly write: Write;
    readonly listed: readonly MediaUser[];
    readonly activity: ActivityOfUsers;
  },
): Promise<UserHistoryCounts> {
  const activity = shared.activity?.(user.providerId) ?? null;
  const change = await readUserHistory(context, user, { full: input.full ?? false, activity });
  context.signal.throwIfAborted();
  const now = context.now();
  const thresholds = input.thresholds ?? DEFAULT_THRESHOLDS;
  return shared.write(async (tx) => {
    const userId = input.dryRun ? await rehearseUser(tx, user, shared.listed, input, now) : user.id;
    return writeHistory(tx, userId, change, { thresholds, now });
  });
}

/** A dry run has taken the users back; one who is new has to be there again, under whatever id. */
async function rehearseUser(
  tx: Queryable,
  user: EnabledUser,
  listed: readonly MediaUser[],
  { newUsers }: SyncUsersInput,
  now: Date,
): Promise<number> {
  const known = await findUserId(tx, user.providerId);
  if (known !== undefined) return known;
  await writeUsers(tx, listed, newUsers, now);
  return (await findUserId(tx, user.providerId)) ?? user.id;
}

/** Read once for all users, since the earliest time up to which one of them is known. */
async function readActivity(
  { mediaServer, signal, now }: HistoryContext,
  users: readonly EnabledUser[],
  { full }: SyncSeriesWatchHistoryInput,
): Promise<ActivityOfUsers> {
  const known = users.flatMap((user) => {
    const since = readSince({ fullAt: user.historyFullAt, readTo: user.historyReadTo }, now());
    return since && !full ? since.getTime() : [];
  });
  if (known.length === 0) return null;
  return activityByUser(await mediaServer.activity({ since: new Date(Math.min(...known)), signal }));
}

function byActivity(users: readonly EnabledUser[], activity: ActivityOfUsers): EnabledUser[] {
  const isActive = (user: EnabledUser) => {
    const own = activity?.(user.providerId);
    return own !== undefined && (own.isVague || own.itemIds.length > 0);
  };
  return [...users.filter(isActive), ...users.filter((user) => !isActive(user))];
}

function isChange(done: UserHistoryCounts): boolean {
  return done.playStatesChanged + done.playStatesCleared + done.playsAdded + done.seriesStatesChanged > 0;
}

function wouldDo(name: string, done: UserHistoryCounts): string {
  return `${name}: would write ${done.playStatesChanged} play states, clear ${done.playStatesCleared}, add ${done.playsAdded} plays and change ${done.seriesStatesChanged} series states.`;
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
