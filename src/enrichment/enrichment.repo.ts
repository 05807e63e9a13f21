import { sql } from 'drizzle-orm';
import { titles } from '../../drizzle/tables/catalog.ts';
import { IS_CANDIDATE } from '../catalog/catalog-snapshot.repo.ts';
import type { Database, Queryable } from '../platform/database.ts';
import type { LastLookup } from './due-lookups.ts';
import type { FoundSeries, SeriesFacts, SourceName, TitleIdentity } from './metadata-source.ts';

/** A look-up that ended: FOUND with the series, NOT_FOUND with the confidence of the best refused hit, or FAILED. */
export interface EndedLookup {
  readonly titleId: number;
  readonly source: SourceName;
  readonly outcome: LastLookup['outcome'];
  readonly identityHash: string;
  readonly attemptedAt: Date;
  readonly found: FoundSeries | null;
  readonly refused: number | null;
}

/** A stored look-up with the facts it left, which are null when there are none. */
export interface StoredLookup extends LastLookup {
  readonly titleId: number;
  readonly source: SourceName;
  readonly facts: SeriesFacts | null;
}

/** What every title that is in an enabled library is looked up by, ordered by id. */
export async function titlesToLookUp(db: Queryable): Promise<TitleIdentity[]> {
  return db.orm
    .select({
      id: titles.id,
      name: titles.name,
      originalName: titles.originalName,
      year: titles.year,
      tvdbId: titles.tvdbId,
      tmdbId: titles.tmdbId,
      imdbId: titles.imdbId,
    })
    .from(titles)
    .where(IS_CANDIDATE)
    .orderBy(titles.id);
}

/** Every look-up that is stored, by title and source, without the facts that were read before `keptSince`. */
export async function lookupsByTitle(
  db: Queryable,
  keptSince: Date,
): Promise<Map<number, Map<SourceName, StoredLookup>>> {
  const rows = await db.rows<Omit<StoredLookup, 'attemptedAt'> & { attempted_ms: number }>(sql`
    select title_id as "titleId", source, outcome, failures, identity_hash as "identityHash",
      (extract(epoch from attempted_at) * 1000)::float8 as attempted_ms,
      case when fetched_at >= ${keptSince.toISOString()}::timestamptz then json_build_object('keywords', keywords,
        'genres', genres, 'networks', networks, 'status', status, 'voteAverage', vote_average,
        'voteCount', vote_count, 'popularity', popularity) end as facts
    from title_metadata`);
  const byTitle = new Map<number, Map<SourceName, StoredLookup>>();
  for (const { attempted_ms, ...row } of rows) {
    const own = byTitle.get(row.titleId) ?? new Map<SourceName, StoredLookup>();
    byTitle.set(row.titleId, own.set(row.source, { ...row, attemptedAt: new Date(attempted_ms) }));
  }
  return byTitle;
}

/**
 * Stores ended look-ups in one transaction. A failure leaves the facts of the last good one alone; finding nothing
 * clears them. A title that was deleted meanwhile is left out.
 */
export async function storeLookups(db: Database, lookups: readonly EndedLookup[]): Promise<void> {
  if (lookups.length === 0) return;
  const rows = lookups.map(({ found, ...lookup }) => ({
    ...lookup,
    attemptedAt: lookup.attemptedAt.toISOString(),
    fetchedAt: found && lookup.attemptedAt.toISOString(),
    failures: lookup.outcome === 'FAILED' ? 1 : 0,
    sourceId: found?.sourceId ?? null,
    matchedBy: found?.matchedBy ?? null,
    confidence: found?.confidence ?? lookup.refused,
    ...(found?.facts ?? NO_FACTS),
  }));
  await db.transaction((tx) =>
    tx.rows(sql`
      insert into title_metadata as stored (title_id, source, outcome, attempted_at, failures, identity_hash, fetched_at,
        source_id, matched_by, confidence, keywords, genres, networks, status, vote_average, vote_count, popularity)
      select t.id, x.source, x.outcome, x."attemptedAt", x.failures, x."identityHash", x."fetchedAt", x."sourceId",
        x."matchedBy", x.confidence, x.keywords, x.genres, x.networks, x.status, x."voteAverage", x."voteCount",
        x.popularity
      from json_to_recordset(${JSON.stringify(rows)}::json) as x("titleId" int, source text, outcome text,
          "attemptedAt" timestamptz, failures int, "identityHash" text, "fetchedAt" timestamptz, "sourceId" text,
          "matchedBy" text, confidence float8, keywords text[], genres text[], networks text[], status text,
          "voteAverage" float8, "voteCount" int, popularity float8)
        join titles t on t.id = x."titleId"
      on conflict (title_id, source) do update set
        outcome = excluded.outcome, attempted_at = excluded.attempted_at, identity_hash = excluded.identity_hash,
        failures = case when excluded.outcome = 'FAILED' then stored.failures + 1 else 0 end,
        ${sql.raw(FACT_COLUMNS.map(keptAtFailure).join(', '))}`),
  );
}

/** Number of titles with facts that were read before `keptSince`. */
export async function countExpiredFacts(db: Queryable, keptSince: Date): Promise<number> {
  const [row] = await db.rows<{ count: number }>(sql`
    select count(distinct title_id)::int as count from title_metadata
    where fetched_at < ${keptSince.toISOString()}::timestamptz`);
  return row?.count ?? 0;
}

/** Clears the facts that were read before `keptSince`; how the last look-up ended stays. */
export async function clearExpiredFacts(db: Database, keptSince: Date): Promise<void> {
  await db.transaction((tx) =>
    tx.rows(sql`
      update title_metadata set fetched_at = null, source_id = null, matched_by = null, confidence = null,
        keywords = '{}', genres = '{}', networks = '{}', status = null, vote_average = null, vote_count = null,
        popularity = null
      where fetched_at < ${keptSince.toISOString()}::timestamptz`),
  );
}

const NO_FACTS: SeriesFacts = {
  keywords: [],
  genres: [],
  networks: [],
  status: null,
  voteAverage: null,
  voteCount: null,
  popularity: null,
};

const FACT_COLUMNS = [
  'fetched_at',
  'source_id',
  'matched_by',
  'confidence',
  'keywords',
  'genres',
  'networks',
  'status',
  'vote_average',
  'vote_count',
  'popularity',
] as const;

function keptAtFailure(column: (typeof FACT_COLUMNS)[number]): string {
  return `${column} = case when excluded.outcome = 'FAILED' then stored.${column} else excluded.${column} end`;
}
