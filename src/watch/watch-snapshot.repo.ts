import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { mediaUsers, seriesStates } from '../../drizzle/tables/watch.ts';
import type { Queryable } from '../platform/database.ts';

const isEnabled = and(
  eq(mediaUsers.recommendationsEnabled, true),
  eq(mediaUsers.isDisabled, false),
  isNull(mediaUsers.removedAt),
);

const RIGHTS = {
  enableAllFolders: mediaUsers.enableAllFolders,
  enabledFolders: mediaUsers.enabledFolders,
  maxParentalRating: mediaUsers.maxParentalRating,
  blockUnrated: mediaUsers.blockUnrated,
  blockedTags: mediaUsers.blockedTags,
  allowedTags: mediaUsers.allowedTags,
};

/** What a user may see on the media server. */
export type ViewerRights = Pick<EnabledUser, keyof typeof RIGHTS>;

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
      ...RIGHTS,
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

/** States read with one statement: their rows are turned into objects in one go, a few ms of work. */
const PAGE_STATES = 3_000;

/** The series states of all enabled users, ordered by user and title. A series without a row is unwatched. */
export async function seriesStatesOf(db: Queryable) {
  const states: Awaited<ReturnType<typeof statesAfter>> = [];
  for (;;) {
    const page = await statesAfter(db, states.at(-1) ?? { userId: 0, titleId: 0 });
    for (const state of page) states.push(state);
    if (page.length < PAGE_STATES) return states;
  }
}

async function statesAfter(db: Queryable, last: { readonly userId: number; readonly titleId: number }) {
  return db.orm
    .select({
      userId: seriesStates.userId,
      titleId: seriesStates.titleId,
      state: seriesStates.state,
      watchedCount: seriesStates.watchedCount,
      airedCount: seriesStates.airedCount,
      playCount: seriesStates.playCount,
      isFavorite: seriesStates.isFavorite,
      datedPlays: seriesStates.datedPlays,
      playDays: seriesStates.playDays,
      firstPlayedAt: seriesStates.firstPlayedAt,
      lastPlayedAt: seriesStates.lastPlayedAt,
    })
    .from(seriesStates)
    .innerJoin(mediaUsers, eq(mediaUsers.id, seriesStates.userId))
    .where(
      and(
        isEnabled,
        sql`(${seriesStates.userId}, ${seriesStates.titleId}) > (${last.userId}::int, ${last.titleId}::int)`,
      ),
    )
    .orderBy(seriesStates.userId, seriesStates.titleId)
    .limit(PAGE_STATES);
}

/** Enabled users who keep their histories out of others' picks. */
export async function unsharedUserIds(db: Queryable): Promise<number[]> {
  const rows = await db.orm
    .select({ id: mediaUsers.id })
    .from(mediaUsers)
    .where(and(isEnabled, eq(mediaUsers.historyShared, false)))
    .orderBy(mediaUsers.id);
  return rows.map((row) => row.id);
}
