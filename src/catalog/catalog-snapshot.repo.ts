import { isNull } from 'drizzle-orm';
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

/** Every title that is on the media server now, ordered by id. Dates are `yyyy-mm-dd`, ratings 0..10. */
export async function candidateTitles(db: Queryable) {
  return db.orm.select(CANDIDATE_FIELDS).from(titles).where(isNull(titles.removedAt)).orderBy(titles.id);
}
