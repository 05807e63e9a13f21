import { and, exists, getTableColumns, isNotNull, sql } from 'drizzle-orm';
import { titles } from '../../drizzle/tables/catalog.ts';
import type { Evidence, ScorePart } from '../../drizzle/tables/recommendations.ts';
import { seriesStates } from '../../drizzle/tables/watch.ts';
import type { CandidateTitle } from '../catalog/catalog-snapshot.repo.ts';
import type { Database, Queryable } from '../platform/database.ts';

/** Newest sets of a user that are kept, the current one included. */
const KEPT_SETS = 5;
/** Weeks of which the first set is kept too: what became of the picks is read from them, however often sets are made. */
const KEPT_WEEKS = 26;

/** One pick to store; its rank is its place in the list. */
export interface NewPick {
  readonly titleId: number;
  readonly score: number;
  readonly parts: readonly ScorePart[];
  readonly evidence: readonly Evidence[];
  readonly explanation: string | null;
  readonly isRewatch: boolean;
}

/** One user's recommendations to store. */
export interface NewRecommendationSet {
  readonly userId: number;
  readonly generatedAt: Date;
  readonly weightsVersion: string;
  /** The snapshot of weights on top of it; null for none. */
  readonly weightsId: number | null;
  /** Embedding model that was used; null when none was. */
  readonly model: string | null;
  readonly candidateCount: number;
  readonly historyCount: number;
  readonly inputHash: string;
  readonly picks: readonly NewPick[];
}

/**
 * Stores a set as the user's current one in one transaction, and deletes the user's sets that are kept no longer;
 * returns its id.
 */
export async function storeRecommendationSet(db: Database, set: NewRecommendationSet): Promise<number> {
  const picks = set.picks.map((pick, index) => ({
    rank: index + 1,
    title_id: pick.titleId,
    score: pick.score,
    parts: pick.parts,
    evidence: pick.evidence,
    explanation: pick.explanation,
    is_rewatch: pick.isRewatch,
  }));
  return db.transaction(async (tx) => {
    await tx.rows(
      sql`update recommendation_sets set is_current = false where user_id = ${set.userId} and is_current`,
    );
    const [stored] = await tx.rows<{ id: number }>(sql`
      insert into recommendation_sets
        (user_id, generated_at, weights_version, weights_id, model, is_current, candidate_count, history_count, input_hash)
      values (${set.userId}, ${set.generatedAt.toISOString()}::timestamptz, ${set.weightsVersion}, ${set.weightsId}::int, ${set.model}, true,
        ${set.candidateCount}, ${set.historyCount}, ${set.inputHash})
      returning id
    `);
    if (!stored) throw new TypeError('The database returned no id for a new recommendation set.');
    await tx.rows(sql`
      insert into picks (set_id, rank, title_id, score, parts, evidence, explanation, is_rewatch)
      select ${stored.id}::int, x.rank, x.title_id, x.score, x.parts, x.evidence, x.explanation, x.is_rewatch
      from json_to_recordset(${JSON.stringify(picks)}::json)
        as x(rank int, title_id int, score float8, parts jsonb, evidence jsonb, explanation text, is_rewatch boolean)
    `);
    await tx.rows(sql`
      delete from recommendation_sets
      where user_id = ${set.userId} and not is_current and id not in (
        (select id from recommendation_sets where user_id = ${set.userId} order by id desc limit ${KEPT_SETS})
        union all
        (select min(id) from recommendation_sets where user_id = ${set.userId}
          group by date_trunc('week', generated_at at time zone 'UTC') order by 1 desc limit ${KEPT_WEEKS})
      )
    `);
    return stored.id;
  });
}

/** Input hash of every user's current set, by user id. */
export async function currentInputHashes(db: Queryable): Promise<Map<number, string>> {
  const rows = await db.rows<{ user_id: number; input_hash: string }>(
    sql`select user_id, input_hash from recommendation_sets where is_current`,
  );
  return new Map(rows.map((row) => [row.user_id, row.input_hash]));
}

/** Library ids (of the media server) that hold each title now; libraries of ours give nobody access. */
export async function titleFolders(db: Queryable): Promise<Map<number, readonly string[]>> {
  const rows = await db.rows<{ title_id: number; folders: string[] }>(sql`
    select c.title_id, json_agg(distinct l.provider_id) as folders
    from title_copies c join libraries l on l.id = c.library_id
    where c.removed_at is null and l.removed_at is null and not l.is_virtual
    group by c.title_id
  `);
  return new Map(rows.map((row) => [row.title_id, row.folders]));
}

/** Titles that left the media server and that somebody began: they still tell what their viewers like. Ordered by id. */
export async function removedBegunTitles(db: Queryable): Promise<CandidateTitle[]> {
  const begun = db.orm
    .select({ one: sql`1` })
    .from(seriesStates)
    .where(sql`${seriesStates.titleId} = ${titles.id} and ${seriesStates.state} <> 'UNWATCHED'`);
  return db.orm
    .select({ ...getTableColumns(titles), tags: titles.keywords })
    .from(titles)
    .where(and(isNotNull(titles.removedAt), exists(begun)))
    .orderBy(titles.id);
}
