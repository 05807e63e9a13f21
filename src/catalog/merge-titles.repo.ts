import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import type { TitleMerge } from './decide-titles.ts';
import { mergeEpisodes } from './merge-episodes.repo.ts';

/** Which title takes over which other one. */
type Merge = Pick<TitleMerge, 'gone' | 'kept'>;

/** A column that refers to a title, with the other columns of every key that it is part of. */
type Reference = { table: string; column: string; keys: (string[] | null)[] };

/** What has rules of its own; whatever else refers to a title simply follows it. */
const OWN_RULES = ['episodes', 'seasons', 'title_copies', 'series_states', 'picks'];

/**
 * Has titles take over others that turned out to be the same series, with all that hangs on them: copies, seasons,
 * episodes, what users did and said, what was computed. The titles that are gone stay as removed ones that point to their
 * successors, so that an id of theirs still leads somewhere.
 *
 * @param tx an open transaction: half a merge would lose plays
 */
export async function mergeTitles(tx: Queryable, merges: readonly Merge[], now: Date): Promise<void> {
  if (merges.length === 0) return;
  const references = await titleReferences(tx);
  // One after the other, as two of them may go into the same title. There are hardly ever any.
  for (const merge of merges) {
    await mergeEpisodes(tx, merge);
    await mergeSeasons(tx, merge);
    await mergeStates(tx, merge);
    await followPicks(tx, merge);
    for (const reference of references) await follow(tx, reference, merge);
    await mergeRows(tx, merge, now);
  }
}

async function mergeSeasons(tx: Queryable, { gone, kept }: Merge): Promise<void> {
  await tx.rows(sql`
    update seasons k set removed_at = null from seasons g
    where k.title_id = ${kept} and g.title_id = ${gone} and g.number = k.number and g.removed_at is null`);
  await tx.rows(sql`
    delete from seasons g where g.title_id = ${gone}
      and exists (select 1 from seasons k where k.title_id = ${kept} and k.number = g.number)`);
  await tx.rows(sql`update seasons set title_id = ${kept} where title_id = ${gone}`);
}

/** Only when a user began is not told by play states: all else is worked out again at the next sync of the history. */
async function mergeStates(tx: Queryable, { gone, kept }: Merge): Promise<void> {
  await tx.rows(sql`
    update series_states k
    set first_played_at = least(k.first_played_at, g.first_played_at),
      last_played_at = greatest(k.last_played_at, g.last_played_at),
      is_favorite = k.is_favorite or g.is_favorite
    from series_states g where k.title_id = ${kept} and g.title_id = ${gone} and g.user_id = k.user_id`);
  await tx.rows(sql`
    delete from series_states g where g.title_id = ${gone}
      and exists (select 1 from series_states k where k.title_id = ${kept} and k.user_id = g.user_id)`);
  await tx.rows(sql`update series_states set title_id = ${kept} where title_id = ${gone}`);
}

/** A set that holds both keeps both: a pick of a title that is gone is left out wherever picks are used. */
async function followPicks(tx: Queryable, { gone, kept }: Merge): Promise<void> {
  await tx.rows(sql`
    update picks p set title_id = ${kept} where p.title_id = ${gone}
      and not exists (select 1 from picks k where k.set_id = p.set_id and k.title_id = ${kept})`);
}

async function mergeRows(tx: Queryable, { gone, kept }: Merge, now: Date): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`;
  await tx.rows(sql`update title_copies set title_id = ${kept} where title_id = ${gone}`);
  await tx.rows(sql`update title_copies set list_version = null where title_id = ${kept}`);
  await tx.rows(sql`
    update titles k
    set tvdb_id = coalesce(k.tvdb_id, g.tvdb_id), tmdb_id = coalesce(k.tmdb_id, g.tmdb_id),
      imdb_id = coalesce(k.imdb_id, g.imdb_id), added_at = least(k.added_at, g.added_at),
      removed_at = case when g.removed_at is null then null else k.removed_at end, updated_at = ${at}
    from titles g where k.id = ${kept} and g.id = ${gone}`);
  await tx.rows(sql`
    update titles set merged_into_id = ${kept}, removed_at = coalesce(removed_at, ${at}), updated_at = ${at}
    where id = ${gone}`);
}

/**
 * Every column with a foreign key to titles, as the database tells them: a table that is added later follows without
 * being named here.
 */
async function titleReferences(tx: Queryable): Promise<Reference[]> {
  return tx.rows<Reference>(sql`
    select t.relname as "table", a.attname as "column", coalesce((
      select json_agg((
        select json_agg(o.attname) from pg_attribute o
        where o.attrelid = i.indrelid and o.attnum = any(i.indkey::int2[]) and o.attnum <> a.attnum))
      from pg_index i where i.indrelid = t.oid and i.indisunique and a.attnum = any(i.indkey::int2[])), '[]') as keys
    from pg_constraint c
    join pg_class t on t.oid = c.conrelid
    join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]
    where c.contype = 'f' and c.confrelid = 'titles'::regclass
      and t.relname not in (select value from json_array_elements_text(${JSON.stringify(OWN_RULES)}::json))
    order by t.relname, a.attname`);
}

/** What would collide with a row of the title that is kept stays with the one that is gone: nothing is lost by it. */
async function follow(
  tx: Queryable,
  { table, column, keys }: Reference,
  { gone, kept }: Merge,
): Promise<void> {
  const [rows, title] = [sql.identifier(table), sql.identifier(column)];
  const isFree = keys.map((columns) => {
    const same = (columns ?? []).map(
      (name): SQL => sql`and o.${sql.identifier(name)} is not distinct from x.${sql.identifier(name)}`,
    );
    return sql`and not exists (
      select 1 from ${rows} o where o.${title} = ${kept} ${sql.join(same, sql` `)})`;
  });
  await tx.rows(sql`
    update ${rows} x set ${title} = ${kept} where x.${title} = ${gone} ${sql.join(isFree, sql` `)}`);
}
