import { sql } from 'drizzle-orm';
import type { SeriesStatus } from '../catalog/series-reads.repo.ts';
import type { Queryable } from '../platform/database.ts';
import { jsonList, type Link, type Shape } from '../platform/json-shapes.repo.ts';
import type { MatchedBy, SourceName } from './metadata-source.ts';

/** What one source knows of a series as read for the API; only the selected fields are there. Times are RFC 3339. */
export interface EnrichmentRow {
  readonly source: SourceName;
  /** The series' id at the source, of which its page is made. */
  readonly url: string;
  readonly matchedBy: MatchedBy;
  /** 0..1 */
  readonly confidence: number;
  readonly fetchedAt: string;
  readonly keywords: readonly string[];
  readonly genres: readonly string[];
  readonly networks: readonly string[];
  readonly status: SeriesStatus | null;
  /** 0..10 */
  readonly voteAverage: number | null;
  readonly voteCount: number | null;
  readonly popularity: number | null;
}

/** Columns of what one source knows. */
export const enrichmentShape: Shape = {
  always: ['source'],
  columns: {
    source: 'source',
    url: 'source_id',
    notice: 'source',
    matchedBy: 'matched_by',
    confidence: 'confidence',
    fetchedAt: 'fetched_at',
    keywords: 'keywords',
    genres: 'genres',
    networks: 'networks',
    status: 'status',
    voteAverage: 'vote_average',
    voteCount: 'vote_count',
    popularity: 'popularity',
  },
};

/** What each source that knows a title says of it, TMDb first. */
export const enrichmentOfTitle: Link = (statement, title, request) => {
  const row = statement.row();
  const item = statement.object('Enrichment', row, request.selection);
  return jsonList(
    sql`select ${item} as item from ${sql.raw(`title_metadata ${row}`)} where ${sql.raw(`${row}.title_id = ${title}.id and ${row}.fetched_at is not null order by ${row}.source`)}`,
  );
};

/** How many titles a source was asked about, by how the last look-up ended. */
export interface SourceCounts {
  readonly found: number;
  readonly notFound: number;
  readonly failed: number;
}

/** The counts of every source over the titles that are on the media server. */
export async function countsBySource(db: Queryable): Promise<Map<SourceName, SourceCounts>> {
  const rows = await db.rows<{ source: SourceName } & Record<keyof SourceCounts, number>>(sql`
    select m.source, (count(*) filter (where m.outcome = 'FOUND' and m.fetched_at is not null))::int as found,
      (count(*) filter (where m.outcome = 'NOT_FOUND'))::int as "notFound",
      (count(*) filter (where m.outcome = 'FAILED'))::int as failed
    from title_metadata m join titles t on t.id = m.title_id
    where t.removed_at is null group by m.source`);
  return new Map(rows.map(({ source, ...counts }) => [source, counts]));
}
