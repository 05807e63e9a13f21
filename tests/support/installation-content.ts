import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Database } from '../../src/platform/database.ts';
import { catalogContent } from './catalog-state.ts';

/** Everything that the jobs of an installation wrote, by part, without our ids and without times of our own. */
export type InstallationContent = Readonly<Record<string, unknown>>;

/** Reads it from the database and from the folder of the libraries. */
export async function installationContent(
  db: Database,
  librariesFolder: string,
): Promise<InstallationContent> {
  return {
    users: await db.rows(sql`
      select name, provider_id, is_admin, is_disabled, recommendations_enabled, folder, removed_at is not null as removed
      from media_users order by name`),
    catalog: await catalogContent(db),
    plays: await db.rows(sql`
      select u.name as user, t.name as title, e.slot, p.played, p.position_ms, p.percentage, p.play_count, p.last_played_at
      from play_states p join media_users u on u.id = p.user_id join episodes e on e.id = p.episode_id
        join titles t on t.id = e.title_id order by 1, 2, 3`),
    states: await db.rows(sql`
      select u.name as user, t.name as title, s.state, s.watched_count, s.aired_count from series_states s
        join media_users u on u.id = s.user_id join titles t on t.id = s.title_id order by 1, 2`),
    vectors: await db.rows(sql`
      select t.name as title, e.model, e.vector::text, e.text_hash from embeddings e
        join titles t on t.id = e.title_id order by 1, 2`),
    models: await db.rows(sql`select model, dimensions, active from embedding_models order by 1`),
    // One that is killed between storing its outcome and telling so measures the same once more.
    evaluations: await db.rows(sql`
      select distinct e.user_count, e.held_out_count, e.title_count, r.scorer, r.cohort, round(r.ndcg::numeric, 9) as ndcg
      from evaluations e join evaluation_results r on r.evaluation_id = e.id order by 4, 5`),
    picks: await db.rows(sql`
      select u.name as user, p.rank, t.name as title, round(p.score::numeric, 9) as score, p.explanation, p.is_rewatch
      from picks p join recommendation_sets s on s.id = p.set_id and s.is_current
        join media_users u on u.id = s.user_id join titles t on t.id = p.title_id order by 1, 2`),
    libraries: await db.rows(sql`
      select u.name as user, l.path, l.file_count, l.provider_library_id is not null as on_server
      from user_libraries l join media_users u on u.id = l.user_id order by 1`),
    files: await fileContents(librariesFolder),
  };
}

/** Files and links below `root`, hidden ones left out, by their path from it. */
async function fileContents(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.parentPath + a.name < b.parentPath + b.name ? -1 : 1))) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length);
    if (entry.isSymbolicLink()) found[name] = `-> ${await readlink(path)}`;
    else if (entry.isFile() && !entry.name.startsWith('.')) found[name] = await readFile(path, 'utf8');
  }
  return found;
}
