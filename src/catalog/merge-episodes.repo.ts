import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/** Which title takes over which other one, by our ids. */
interface Merge {
  readonly gone: number;
  readonly kept: number;
}

/** Episodes that both titles have, as a table `twins(gone, kept)` of their ids. */
function twins({ gone, kept }: Merge): SQL {
  return sql`(
    select g.id as gone, k.id as kept
    from episodes g join episodes k on k.title_id = ${kept} and k.slot = g.slot
    where g.title_id = ${gone})`;
}

/**
 * Moves a title's episodes to another one. Of those that the other has as well everything moves that refers to them:
 * every play stays, and play states and files are joined.
 */
export async function mergeEpisodes(tx: Queryable, merge: Merge): Promise<void> {
  const pairs = twins(merge);
  await movePlays(tx, pairs);
  await movePlayStates(tx, pairs);
  await moveVirtualStates(tx, pairs);
  await moveFiles(tx, pairs);
  await tx.rows(sql`
    update episodes e set removed_at = null
    from ${pairs} t join episodes g on g.id = t.gone
    where e.id = t.kept and g.removed_at is null`);
  await tx.rows(sql`delete from episodes e using ${pairs} t where e.id = t.gone`);
  await tx.rows(sql`update episodes set title_id = ${merge.kept} where title_id = ${merge.gone}`);
}

/** A play that both know is one play, which went as far as either says. */
async function movePlays(tx: Queryable, pairs: SQL): Promise<void> {
  await tx.rows(sql`
    update plays k set percentage = g.percentage, position_ms = g.position_ms
    from ${pairs} t join plays g on g.episode_id = t.gone
    where k.episode_id = t.kept and k.user_id = g.user_id and k.played_at is not distinct from g.played_at
      and g.percentage > k.percentage`);
  await tx.rows(sql`
    update plays g set episode_id = t.kept from ${pairs} t
    where g.episode_id = t.gone and not exists (
      select 1 from plays k
      where k.episode_id = t.kept and k.user_id = g.user_id and k.played_at is not distinct from g.played_at)`);
  await tx.rows(sql`delete from plays g using ${pairs} t where g.episode_id = t.gone`);
}

/** Joined as the states of two copies of one episode are: played when either is, the position of the later play. */
async function movePlayStates(tx: Queryable, pairs: SQL): Promise<void> {
  const isLater = sql`(coalesce(g.last_played_at, '-infinity'), g.position_ms)
    > (coalesce(k.last_played_at, '-infinity'), k.position_ms)`;
  await tx.rows(sql`
    update play_states k
    set played = k.played or g.played,
      percentage = case when k.played or g.played then 1 when ${isLater} then g.percentage else k.percentage end,
      position_ms = case when ${isLater} then g.position_ms else k.position_ms end,
      play_count = greatest(k.play_count, g.play_count), is_favorite = k.is_favorite or g.is_favorite,
      last_played_at = greatest(k.last_played_at, g.last_played_at),
      from_virtual = k.from_virtual and g.from_virtual, updated_at = greatest(k.updated_at, g.updated_at)
    from ${pairs} t join play_states g on g.episode_id = t.gone
    where k.episode_id = t.kept and k.user_id = g.user_id`);
  await tx.rows(sql`
    update play_states g set episode_id = t.kept from ${pairs} t
    where g.episode_id = t.gone and not exists (
      select 1 from play_states k where k.episode_id = t.kept and k.user_id = g.user_id)`);
  await tx.rows(sql`delete from play_states g using ${pairs} t where g.episode_id = t.gone`);
}

/** An item that spoke for both episodes speaks for the one, with the word that it was played before any other. */
async function moveVirtualStates(tx: Queryable, pairs: SQL): Promise<void> {
  await tx.rows(sql`
    delete from virtual_play_states k using ${pairs} t join virtual_play_states g on g.episode_id = t.gone
    where k.episode_id = t.kept and k.user_id = g.user_id and k.item_id = g.item_id and g.played and not k.played`);
  await tx.rows(sql`
    update virtual_play_states g set episode_id = t.kept from ${pairs} t
    where g.episode_id = t.gone and not exists (
      select 1 from virtual_play_states k
      where k.episode_id = t.kept and k.user_id = g.user_id and k.item_id = g.item_id)`);
  await tx.rows(sql`delete from virtual_play_states g using ${pairs} t where g.episode_id = t.gone`);
}

/** A file can stand at both episodes when its series was one title before and the other after. */
async function moveFiles(tx: Queryable, pairs: SQL): Promise<void> {
  await tx.rows(sql`
    update episode_copies k set removed_at = null
    from ${pairs} t join episode_copies g on g.episode_id = t.gone
    where k.episode_id = t.kept and k.title_copy_id = g.title_copy_id
      and k.provider_item_id = g.provider_item_id and g.removed_at is null`);
  await tx.rows(sql`
    update episode_copies g set episode_id = t.kept from ${pairs} t
    where g.episode_id = t.gone and not exists (
      select 1 from episode_copies k
      where k.episode_id = t.kept and k.title_copy_id = g.title_copy_id
        and k.provider_item_id = g.provider_item_id)`);
  await tx.rows(sql`delete from episode_copies g using ${pairs} t where g.episode_id = t.gone`);
}
