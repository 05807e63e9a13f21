import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import type { KnownTitle } from './identity.ts';
import type { SeriesRow } from './series-row.ts';

/** A series whose title is decided. */
export interface AssignedSeries extends SeriesRow {
  readonly titleId: number;
}

const METADATA = sql.raw(`name, original_name, sort_name, match_name, year, premiere_date, end_date, status,
  overview, genres, keywords, networks, community_rating, official_rating, runtime_minutes, added_at, content_hash`);

const INCOMING_METADATA =
  sql.raw(`i.name, i."originalName", i."sortName", i."matchName", i.year, i."premiereDate",
  i."endDate", i.status, i.overview, i.genres, i.keywords, i.networks, i."communityRating", i."officialRating",
  i."runtimeMinutes", i."addedAt", i."contentHash"`);

function incoming(rows: readonly object[]): SQL {
  const numbered = rows.map((row, position) => ({ ...row, position }));
  return sql`incoming as (
    select * from json_to_recordset(${JSON.stringify(numbered)}::json) as x(
      position int, "titleId" int, "itemId" text, name text, "originalName" text, "sortName" text, "matchName" text, year int,
      "premiereDate" date, "endDate" date, status text, overview text, genres text[], keywords text[],
      networks text[], "communityRating" real, "officialRating" text, "runtimeMinutes" int, "addedAt" timestamptz,
      "contentHash" text, "tvdbId" text, "tmdbId" text, "imdbId" text, path text, images jsonb, "copyHash" text))`;
}

/** Titles that any of the series could be: by item, provider id or folded name; and whose item each was before. */
export async function findKnownTitles(
  db: Queryable,
  libraryId: number,
  rows: readonly SeriesRow[],
): Promise<{ titles: KnownTitle[]; copyOf: Map<string, number> }> {
  const wanted = incoming(
    rows.map(({ itemId, matchName, tvdbId, tmdbId, imdbId }) => ({
      itemId,
      matchName,
      tvdbId,
      tmdbId,
      imdbId,
    })),
  );
  const copies = await db.rows<{ itemId: string; titleId: number }>(sql`
    with ${wanted}
    select c.provider_item_id as "itemId", c.title_id as "titleId"
    from title_copies c join incoming i on i."itemId" = c.provider_item_id
    where c.library_id = ${libraryId}`);
  const titles = await db.rows<TitleIdentity>(sql`
    with ${wanted}
    select t.id, t.match_name as "matchName", t.year, t.removed_at is not null as removed,
      t.tvdb_id as "tvdbId", t.tmdb_id as "tmdbId", t.imdb_id as "imdbId"
    from titles t
    where t.merged_into_id is null and t.id in (
      select c.title_id from title_copies c join incoming i on i."itemId" = c.provider_item_id
      where c.library_id = ${libraryId}
      union select t.id from titles t join incoming i on i."tvdbId" = t.tvdb_id
      union select t.id from titles t join incoming i on i."tmdbId" = t.tmdb_id
      union select t.id from titles t join incoming i on i."imdbId" = t.imdb_id
      union select t.id from titles t join incoming i on i."matchName" = t.match_name)
    order by t.id`);
  return {
    titles: titles.map(({ tvdbId, tmdbId, imdbId, ...title }) => ({
      ...title,
      providerIds: {
        ...(tvdbId && { tvdb: tvdbId }),
        ...(tmdbId && { tmdb: tmdbId }),
        ...(imdbId && { imdb: imdbId }),
      },
    })),
    copyOf: new Map(copies.map((copy) => [copy.itemId, copy.titleId])),
  };
}

type TitleIdentity = {
  id: number;
  matchName: string;
  year: number | null;
  removed: boolean;
  tvdbId: string | null;
  tmdbId: string | null;
  imdbId: string | null;
};

/** Takes `count` new title ids. */
export async function allocateTitleIds(db: Queryable, count: number): Promise<number[]> {
  if (count === 0) return [];
  const rows = await db.rows<{ id: number }>(sql`
    select nextval(pg_get_serial_sequence('titles', 'id'))::int as id from generate_series(1, ${count}::int)`);
  return rows.map((row) => row.id);
}

/** Adds titles under ids taken with `allocateTitleIds`. */
export async function insertTitles(db: Queryable, rows: readonly AssignedSeries[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  const at = sql`${now.toISOString()}::timestamptz`;
  await db.rows(sql`
    with ${incoming(rows)}
    insert into titles (id, ${METADATA}, tvdb_id, tmdb_id, imdb_id, created_at, updated_at)
    overriding system value
    select i."titleId", ${INCOMING_METADATA}, i."tvdbId", i."tmdbId", i."imdbId", ${at}, ${at} from incoming i`);
}

/** Writes the copies that are new, changed, returned or now belong to another title. */
export async function saveTitleCopies(
  db: Queryable,
  libraryId: number,
  rows: readonly AssignedSeries[],
  force: boolean,
): Promise<void> {
  await db.rows(sql`
    with ${incoming(rows)},
    changed as (
      update title_copies c
      set title_id = i."titleId", path = i.path, images = i.images, content_hash = i."copyHash", removed_at = null
      from incoming i
      where c.library_id = ${libraryId} and c.provider_item_id = i."itemId"
        and (${force} or c.removed_at is not null or c.title_id <> i."titleId" or c.content_hash <> i."copyHash"))
    insert into title_copies (library_id, provider_item_id, title_id, path, images, content_hash)
    select ${libraryId}::int, i."itemId", i."titleId", i.path, i.images, i."copyHash" from incoming i
    where not exists (
      select 1 from title_copies c where c.library_id = ${libraryId} and c.provider_item_id = i."itemId")
    order by i.position`);
}

/**
 * Writes the titles that changed or returned, each from its oldest copy on the server only: two copies with different
 * metadata would otherwise overwrite each other in every run. An id that this copy lacks is kept.
 *
 * @returns the number of titles written
 */
export async function updateTitles(
  db: Queryable,
  libraryId: number,
  rows: readonly AssignedSeries[],
  now: Date,
  force: boolean,
): Promise<number> {
  const written = await db.rows<{ id: number }>(sql`
    with ${incoming(rows)}
    update titles t
    set (${METADATA}) = row(${INCOMING_METADATA}),
      tvdb_id = coalesce(i."tvdbId", t.tvdb_id), tmdb_id = coalesce(i."tmdbId", t.tmdb_id),
      imdb_id = coalesce(i."imdbId", t.imdb_id), removed_at = null, updated_at = ${now.toISOString()}::timestamptz
    from incoming i
    join title_copies c on c.library_id = ${libraryId} and c.provider_item_id = i."itemId"
    where t.id = c.title_id
      and (${force} or t.removed_at is not null or t.content_hash <> i."contentHash")
      and not exists (
        select 1 from title_copies o where o.title_id = t.id and o.removed_at is null and o.id < c.id)
    returning t.id`);
  return written.length;
}

/** Gives titles the provider ids that only another copy of them carries. */
export async function fillTitleIds(db: Queryable, rows: readonly AssignedSeries[], now: Date): Promise<void> {
  await db.rows(sql`
    with ${incoming(rows)}
    update titles t
    set tvdb_id = coalesce(t.tvdb_id, f.tvdb), tmdb_id = coalesce(t.tmdb_id, f.tmdb),
      imdb_id = coalesce(t.imdb_id, f.imdb), updated_at = ${now.toISOString()}::timestamptz
    from (
      select i."titleId" as id, min(i."tvdbId") as tvdb, min(i."tmdbId") as tmdb, min(i."imdbId") as imdb
      from incoming i group by i."titleId") f
    where t.id = f.id
      and ((t.tvdb_id is null and f.tvdb is not null) or (t.tmdb_id is null and f.tmdb is not null)
        or (t.imdb_id is null and f.imdb is not null))`);
}
