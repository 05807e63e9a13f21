import { and, gt, isNull, sql } from 'drizzle-orm';
import { titles } from '../../drizzle/tables/catalog.ts';
import type { Queryable } from '../platform/database.ts';

const CANDIDATE_FIELDS = {
  id: titles.id,
  name: titles.name,
  originalName: titles.originalName,
  year: titles.year,
  premiereDate: titles.premiereDate,
  endDate: titles.endDate,
  status: titles.status,
  overview: titles.overview,
  genres: titles.genres,
  keywords: titles.keywords,
  /** The media server's own, whatever keywords come from elsewhere: parental control goes by them. */
  tags: titles.keywords,
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

/** The condition on `titles` under which a title is in an enabled library now. */
export const IS_CANDIDATE = and(isNull(titles.removedAt), sql`${IS_IN_DISABLED_LIBRARIES_ONLY} is not true`);

/** Titles read with one statement: their rows are turned into titles in one go, a few ms of work. */
const PAGE_TITLES = 1_000;

/** Every title that is in an enabled library now, ordered by id. Dates are `yyyy-mm-dd`, ratings 0..10. */
export async function candidateTitles(db: Queryable) {
  const candidates: Awaited<ReturnType<typeof candidatesAfter>> = [];
  for (;;) {
    const page = await candidatesAfter(db, candidates.at(-1)?.id ?? 0);
    candidates.push(...page);
    if (page.length < PAGE_TITLES) return candidates;
  }
}

async function candidatesAfter(db: Queryable, id: number) {
  return db.orm
    .select(CANDIDATE_FIELDS)
    .from(titles)
    .where(and(IS_CANDIDATE, gt(titles.id, id)))
    .orderBy(titles.id)
    .limit(PAGE_TITLES);
}
