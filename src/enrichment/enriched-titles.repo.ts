import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { type CandidateTitle, candidateTitles } from '../catalog/catalog-snapshot.repo.ts';
import type { Queryable } from '../platform/database.ts';
import { mergeMetadata, type PublicReception, type SourceFacts } from './merge-metadata.ts';

/** A title as embedding and recommending see it, with what public catalogs know of it. */
export type EnrichedTitle = CandidateTitle &
  PublicReception & {
    /** Ids in the catalogs it was found in, such as `tvmaze:82`: two titles that share one are one series. */
    readonly otherIds: readonly string[];
  };

type FoundFacts = {
  /** Source and its id of the title. */
  readonly id: string | null;
  readonly facts: SourceFacts;
};

/** Titles that are joined with their facts before others get a turn. */
const TURN_TITLES = 500;

/** Every title that is in an enabled library now, with what public catalogs know of it, ordered by id. */
export async function enrichedTitles(db: Queryable): Promise<EnrichedTitle[]> {
  return withMetadata(db, await candidateTitles(db));
}

/** The titles with what public catalogs know of them, in their order. */
export async function withMetadata(
  db: Queryable,
  titles: readonly CandidateTitle[],
): Promise<EnrichedTitle[]> {
  const found = titles.length === 0 ? new Map<number, FoundFacts[]>() : await factsByTitle(db);
  const enriched: EnrichedTitle[] = [];
  for (const [index, title] of titles.entries()) {
    // A catalog of many thousand titles holds nobody up.
    if (index % TURN_TITLES === TURN_TITLES - 1) await nextTurn();
    const own = found.get(title.id) ?? [];
    const otherIds = own.flatMap(({ id }) => id ?? []);
    const merged = mergeMetadata(
      title,
      own.map(({ facts }) => facts),
    );
    enriched.push({ ...merged, otherIds });
  }
  return enriched;
}

/** Popularity in the sources' own scales cannot be compared, its rank among the titles here can. */
async function factsByTitle(db: Queryable): Promise<Map<number, FoundFacts[]>> {
  const rows = await db.rows<{ titleId: number; id: string | null; facts: SourceFacts }>(sql`
    select title_id as "titleId", lower(source) || ':' || source_id as id, json_build_object('source', source,
      'keywords', keywords, 'genres', genres, 'networks', networks, 'status', status,
      'voteAverage', vote_average, 'voteCount', vote_count, 'popularity', case when popularity is not null then
        percent_rank() over (partition by source, popularity is null order by popularity) end) as facts
    from title_metadata where fetched_at is not null
    order by title_id, source`);
  const byTitle = new Map<number, FoundFacts[]>();
  for (const { titleId, id, facts } of rows)
    byTitle.set(titleId, [...(byTitle.get(titleId) ?? []), { id, facts }]);
  return byTitle;
}
