import { sql } from 'drizzle-orm';
import type { Evidence } from '../../drizzle/tables/recommendations.ts';
import type { Database, Queryable } from '../platform/database.ts';
import type { PickedTitle } from './explanation-facts.ts';

/** Words not used for so long are deleted. */
const KEPT_DAYS = 180;

/** A pick of a current set that the template explains, with the names its evidence needs. */
export interface UnwordedPick extends PickedTitle {
  readonly setId: number;
  readonly rank: number;
  /** Names of the watched titles of the evidence, by id. */
  readonly names: ReadonlyMap<number, string>;
}

/** Model and version of the instructions, under which words are kept. */
export interface WordingKey {
  readonly model: string;
  readonly promptVersion: number;
}

/** Words for one evidence; null for refused ones. */
export interface WordedEvidence {
  readonly evidenceHash: string;
  readonly explanation: string | null;
}

/** The picks of a user's current set that the template explains, best first; none for a user who wants no explanations. */
export async function unwordedPicks(db: Queryable, userId: number): Promise<UnwordedPick[]> {
  const rows = await db.rows<{
    set_id: number;
    rank: number;
    title: string;
    year: number | null;
    rating: number | null;
    evidence: Evidence[];
    names: Record<string, string> | null;
  }>(sql`
    select p.set_id, p.rank, t.name as title, t.year, t.community_rating::float8 as rating, p.evidence,
      (select json_object_agg(w.id, w.name) from titles w
        where w.id in (select (e->>'titleId')::int from jsonb_array_elements(p.evidence) e)) as names
    from recommendation_sets s
    join media_users u on u.id = s.user_id and u.explanations_enabled
    join picks p on p.set_id = s.id
    join titles t on t.id = p.title_id
    where s.user_id = ${userId} and s.is_current and p.explanation is not null and p.explanation_source is null
    order by p.rank`);
  return rows.map(({ set_id, names, ...row }) => ({
    ...row,
    setId: set_id,
    names: new Map(Object.entries(names ?? {}).map(([id, name]) => [Number(id), name])),
  }));
}

/** Names of all titles there are or were, in every language known, and their genres. */
export async function namesAndGenres(db: Queryable): Promise<{ titles: string[]; genres: string[] }> {
  const titles = await db.rows<{ name: string }>(
    sql`select name from titles union select original_name from titles where original_name is not null`,
  );
  const genres = await db.rows<{ genre: string }>(sql`select distinct unnest(genres) as genre from titles`);
  return { titles: titles.map(({ name }) => name), genres: genres.map(({ genre }) => genre) };
}

/** What is kept for the hashes, by hash; null for words that were refused. */
export async function keptWords(
  db: Queryable,
  key: WordingKey,
  hashes: readonly string[],
): Promise<Map<string, string | null>> {
  const rows = await db.rows<{ evidence_hash: string; explanation: string | null }>(sql`
    select evidence_hash, explanation from explanations
    where model = ${key.model} and prompt_version = ${key.promptVersion}
      and evidence_hash in (select json_array_elements_text(${JSON.stringify(hashes)}::json))`);
  return new Map(rows.map((row) => [row.evidence_hash, row.explanation]));
}

/** Keeps words and puts them into the picks of a set, in one transaction; picks of a set that is gone are passed over. */
export async function storeWords(
  db: Database,
  key: WordingKey,
  now: Date,
  words: readonly WordedEvidence[],
  picks: readonly { readonly setId: number; readonly rank: number; readonly explanation: string }[],
): Promise<void> {
  const at = now.toISOString();
  await db.transaction(async (tx) => {
    await tx.rows(sql`
      insert into explanations (evidence_hash, model, prompt_version, explanation, used_at)
      select distinct on (x.hash) x.hash, ${key.model}, ${key.promptVersion}::int, x.explanation, ${at}::timestamptz
      from json_to_recordset(${JSON.stringify(words.map((word) => ({ hash: word.evidenceHash, explanation: word.explanation })))}::json)
        as x(hash text, explanation text)
      on conflict (evidence_hash, model, prompt_version)
        do update set used_at = excluded.used_at, explanation = excluded.explanation`);
    await tx.rows(sql`
      update picks p set explanation = x.explanation, explanation_source = 'LANGUAGE_MODEL'
      from json_to_recordset(${JSON.stringify(picks.map((pick) => ({ set_id: pick.setId, rank: pick.rank, explanation: pick.explanation })))}::json)
        as x(set_id int, rank int, explanation text)
      where p.set_id = x.set_id and p.rank = x.rank`);
  });
}

/** Deletes words that nobody has used for half a year. */
export async function deleteOldWords(db: Database, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000).toISOString();
  await db.transaction((tx) => tx.rows(sql`delete from explanations where used_at < ${before}::timestamptz`));
}
