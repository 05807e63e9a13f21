import { and, isNull, sql } from 'drizzle-orm';
import { titles } from '../../drizzle/tables/catalog.ts';
import type { Queryable } from '../platform/database.ts';

const CANDIDATE_FIELDS = {
  id: titles.id,
  name: titles.name,
  year: titles.year,
  premiereDate: titles.premiereDate,
  endDate: titles.endDate,
  status: titles.status,
  overview: titles.overview,
  genres: titles.genres,
  keywords: titles.keywords,
  networks: titles.networks,
  communityRating: titles.communityRating,
  officialRating: titles.officialRating,
  runtimeMinutes: titles.runtimeMinutes,
  tvdbId: titles.tvdbId,
  tmdbId: titles.tmdbId,
  imdbId: titles.imdbId,
  addedAt: titles.addedAt,
};

/** A title as embedding and recommending see it: no copies, no episodes. */
export type CandidateTitle = Awaited<ReturnType<typeof candidateTitles>>[number];

/** Whether all libraries that a title lies in are disabled: it leaves at once, not only with the next sync. */
const IS_IN_DISABLED_LIBRARIES_ONLY = sql`(
  select not bool_or(l.enabled) from title_copies c join libraries l on l.id = c.library_id
  where c.title_id = ${titles.id} and c.removed_at is null)`;

/** Every title that is in an enabled library now, ordered by id. Dates are `yyyy-mm-dd`, ratings 0..10. */
export async function candidateTitles(db: Queryable) {
  return db.orm
    .select(CANDIDATE_FIELDS)
    .from(titles)
    .where(and(isNull(titles.removedAt), sql`${IS_IN_DISABLED_LIBRARIES_ONLY} is not true`))
    .orderBy(titles.id);
}
