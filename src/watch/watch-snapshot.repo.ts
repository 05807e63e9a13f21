import { and, eq, inArray, isNull } from 'drizzle-orm';
import { mediaUsers, seriesStates } from '../../drizzle/tables/watch.ts';
import type { Queryable } from '../platform/database.ts';

const isEnabled = and(
  eq(mediaUsers.recommendationsEnabled, true),
  eq(mediaUsers.isDisabled, false),
  isNull(mediaUsers.removedAt),
);

/** A user that Showrunner works for. */
export type EnabledUser = Awaited<ReturnType<typeof enabledUsers>>[number];

/** Users that are enabled here, not disabled on the media server and not gone from it, ordered by id. */
export async function enabledUsers(db: Queryable, userIds?: readonly number[]) {
  return db.orm
    .select({
      id: mediaUsers.id,
      providerId: mediaUsers.providerId,
      name: mediaUsers.name,
      folder: mediaUsers.folder,
      explanationsEnabled: mediaUsers.explanationsEnabled,
      enableAllFolders: mediaUsers.enableAllFolders,
      enabledFolders: mediaUsers.enabledFolders,
      maxParentalRating: mediaUsers.maxParentalRating,
      historySyncedAt: mediaUsers.historySyncedAt,
      historyFullAt: mediaUsers.historyFullAt,
      historyReadTo: mediaUsers.historyReadTo,
    })
    .from(mediaUsers)
    .where(and(isEnabled, userIds && inArray(mediaUsers.id, [...userIds])))
    .orderBy(mediaUsers.id);
}

/** What it takes to read of a user, enabled or not; undefined for one that there is not. */
export async function historyUser(db: Queryable, userId: number) {
  const [user] = await db.orm
    .select({
      id: mediaUsers.id,
      providerId: mediaUsers.providerId,
      enableAllFolders: mediaUsers.enableAllFolders,
      enabledFolders: mediaUsers.enabledFolders,
    })
    .from(mediaUsers)
    .where(eq(mediaUsers.id, userId));
  return user;
}

/** Where one user stands with one series, as taste and candidates need it. */
export type SeriesStateRow = Awaited<ReturnType<typeof seriesStatesOf>>[number];

/** The series states of all enabled users, ordered by user and title. A series without a row is unwatched. */
export async function seriesStatesOf(db: Queryable) {
  return db.orm
    .select({
      userId: seriesStates.userId,
      titleId: seriesStates.titleId,
      state: seriesStates.state,
      watchedCount: seriesStates.watchedCount,
      airedCount: seriesStates.airedCount,
      playCount: seriesStates.playCount,
      isFavorite: seriesStates.isFavorite,
      firstPlayedAt: seriesStates.firstPlayedAt,
      lastPlayedAt: seriesStates.lastPlayedAt,
    })
    .from(seriesStates)
    .innerJoin(mediaUsers, eq(mediaUsers.id, seriesStates.userId))
    .where(isEnabled)
    .orderBy(seriesStates.userId, seriesStates.titleId);
}
