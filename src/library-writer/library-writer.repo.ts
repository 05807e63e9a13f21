import { sql } from 'drizzle-orm';
import type { ShownSeries } from '../../drizzle/tables/library-writer.ts';
import type { ServerLibrary } from '../media-server/library-control.ts';
import type { Queryable } from '../platform/database.ts';
import type { LibraryEpisode, LibraryPick } from './library-pick.ts';

/** A user with what is known of their library. */
export interface LibraryUser {
  readonly id: number;
  readonly providerId: string;
  readonly name: string;
  readonly folder: string;
  /** Whether the user is to have a library: enabled in Showrunner, and present and enabled at the media server. */
  readonly enabled: boolean;
  /** The current recommendation set. */
  readonly setId: number | null;
  /** Where the library lay at the last sync. */
  readonly path: string | null;
  /** Files at the last sync; 0 when there is no library. */
  readonly fileCount: number;
  /** The series in the library at the last sync. */
  readonly shown: readonly ShownSeries[];
}

/** The users named by `userIds`, or all, in order of name. */
export async function readLibraryUsers(db: Queryable, userIds?: readonly number[]): Promise<LibraryUser[]> {
  const chosen =
    userIds &&
    sql`where u.id in (select value::int from json_array_elements_text(${JSON.stringify(userIds)}::json))`;
  return db.rows<{
    id: number;
    providerId: string;
    name: string;
    folder: string;
    enabled: boolean;
    setId: number | null;
    path: string | null;
    fileCount: number;
    shown: readonly ShownSeries[];
  }>(sql`
    select u.id, u.provider_id as "providerId", u.name, u.folder,
           u.recommendations_enabled and not u.is_disabled and u.removed_at is null as enabled,
           s.id as "setId", l.path, coalesce(l.file_count, 0) as "fileCount",
           coalesce(l.shown, '[]') as shown
    from media_users u
    left join recommendation_sets s on s.user_id = u.id and s.is_current
    left join user_libraries l on l.user_id = u.id
    ${chosen ?? sql``}
    order by lower(u.name), u.id`);
}

/** The picks of a set whose titles are still there, best first; explanations only for a user who wants them. */
export async function readPicks(db: Queryable, setId: number): Promise<LibraryPick[]> {
  const rows = await db.rows<{ pick: LibraryPick }>(sql`
    select json_build_object(
             'titleId', t.id, 'rank', p.rank, 'name', t.name, 'originalName', t.original_name, 'year', t.year,
             'premiereDate', t.premiere_date, 'endDate', t.end_date, 'status', t.status, 'overview', t.overview,
             'genres', t.genres, 'keywords', t.keywords, 'networks', t.networks,
             'communityRating', t.community_rating, 'officialRating', t.official_rating,
             'runtimeMinutes', t.runtime_minutes, 'tvdbId', t.tvdb_id, 'tmdbId', t.tmdb_id, 'imdbId', t.imdb_id,
             'addedOn', to_char(t.added_at at time zone 'UTC', 'YYYY-MM-DD'),
             'explanation', case when u.explanations_enabled then p.explanation end) as pick
    from picks p
    join recommendation_sets s on s.id = p.set_id
    join media_users u on u.id = s.user_id
    join titles t on t.id = p.title_id and t.removed_at is null
    where p.set_id = ${setId}
    order by p.rank`);
  return rows.map((row) => row.pick);
}

/**
 * The numbered episodes of a set's picks that have a file, each from its first copy in an enabled library that the
 * user may see; libraries written by Showrunner are no source.
 */
export async function readPickedEpisodes(db: Queryable, setId: number): Promise<LibraryEpisode[]> {
  return db.rows<{
    titleId: number;
    seasonNumber: number;
    number: number;
    name: string | null;
    overview: string | null;
    airDate: string | null;
    runtimeMs: number | null;
    addedOn: string | null;
    path: string;
  }>(sql`
    select distinct on (e.id) e.title_id as "titleId", e.season_number as "seasonNumber", e.number, e.name, e.overview,
           e.air_date::text as "airDate", e.runtime_ms as "runtimeMs",
           to_char(e.added_at at time zone 'UTC', 'YYYY-MM-DD') as "addedOn", ec.path
    from recommendation_sets s
    join media_users u on u.id = s.user_id
    join picks p on p.set_id = s.id
    join episodes e on e.title_id = p.title_id and e.removed_at is null and e.number is not null
    join title_copies tc on tc.title_id = e.title_id and tc.removed_at is null
    join libraries l on l.id = tc.library_id and l.enabled and not l.is_virtual and l.removed_at is null
      and (u.enable_all_folders or l.provider_id = any(u.enabled_folders))
    join episode_copies ec on ec.title_copy_id = tc.id and ec.episode_id = e.id and ec.removed_at is null
      and ec.path is not null
    where s.id = ${setId}
    order by e.id, tc.id, ec.provider_item_id`);
}

/** Stores libraries that Showrunner made at the media server, so that no sync takes them as a source of titles. */
export async function rememberServerLibrary(db: Queryable, library: ServerLibrary): Promise<void> {
  await db.rows(sql`
    insert into libraries (provider_id, name, collection_type, locations, is_virtual)
    values (${library.id}, ${library.name}, ${library.collectionType},
            array(select json_array_elements_text(${JSON.stringify(library.locations)}::json)), true)
    on conflict (provider_id) do update set is_virtual = true, removed_at = null, name = excluded.name,
      locations = excluded.locations
    where not libraries.is_virtual or libraries.removed_at is not null or libraries.name <> excluded.name
      or libraries.locations <> excluded.locations`);
}

/** What is remembered of a user's library after a sync. */
export interface SyncedLibrary {
  readonly userId: number;
  readonly path: string;
  readonly providerLibraryId: string | null;
  readonly setId: number | null;
  readonly fileCount: number;
  readonly shown: readonly ShownSeries[];
  readonly syncedAt: Date;
}

/**
 * Stores the state of a user's library, and with the picks in it that they were shown there; a server library known
 * before is kept when none is given.
 */
export async function rememberUserLibrary(db: Queryable, library: SyncedLibrary): Promise<void> {
  const shown = JSON.stringify(library.shown.map(({ titleId }) => titleId));
  await db.rows(sql`
    with marked as (
      update picks set in_library_at = ${library.syncedAt.toISOString()}::timestamptz
      where set_id = ${library.setId}::int and in_library_at is null
        and title_id in (select t.id::int from json_array_elements_text(${shown}::json) t(id))
      returning title_id)
    insert into user_libraries (user_id, path, provider_library_id, set_id, file_count, shown, synced_at)
    values (${library.userId}, ${library.path}, ${library.providerLibraryId}, ${library.setId}, ${library.fileCount},
            ${JSON.stringify(library.shown)}::text::jsonb, ${library.syncedAt.toISOString()}::timestamptz)
    on conflict (user_id) do update set path = excluded.path, set_id = excluded.set_id, shown = excluded.shown,
      provider_library_id = coalesce(excluded.provider_library_id, user_libraries.provider_library_id),
      file_count = excluded.file_count, synced_at = excluded.synced_at`);
}

/** Forgets the library of a user that was removed. */
export async function forgetUserLibrary(db: Queryable, userId: number): Promise<void> {
  await db.rows(sql`delete from user_libraries where user_id = ${userId}`);
}

/** Marks a server library as gone. */
export async function forgetServerLibrary(db: Queryable, providerId: string, now: Date): Promise<void> {
  await db.rows(sql`
    update libraries set removed_at = ${now.toISOString()}::timestamptz
    where provider_id = ${providerId} and removed_at is null`);
}
