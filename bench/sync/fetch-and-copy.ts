import { z } from 'zod';
import { EPISODES_QUERY, SEASONS_QUERY, SERIES_QUERY } from '../../src/media-server/item-queries.ts';
import type { DemoProcess } from './demo-process.ts';
import type { BenchStore } from './stores.ts';

/** The tables that a sync fills, in the order in which they refer to each other, with the columns that can be copied. */
const TABLES = [
  'libraries',
  `titles (id, name, original_name, sort_name, match_name, year, premiere_date, end_date, status, overview, genres,
    keywords, networks, community_rating, official_rating, runtime_minutes, tvdb_id, tmdb_id, imdb_id, added_at,
    content_hash, removed_at, created_at, updated_at)`,
  'title_copies',
  'seasons',
  'episodes',
  'episode_copies',
];
const PAGE_SIZE = 500;

/** The rows of a synced database as `COPY` writes them, by table. */
export async function dumpRows(store: BenchStore): Promise<ReadonlyMap<string, Buffer>> {
  const dumps = new Map<string, Buffer>();
  for (const table of TABLES) dumps.set(table, await store.dump(table));
  return dumps;
}

/**
 * The least that a sync could do: fetches every page, one after the other, parses its JSON and throws it away, then
 * copies rows that lie ready into an empty database.
 *
 * @returns ms spent fetching and ms spent copying
 */
export async function fetchAndCopy(demo: DemoProcess, store: BenchStore, rows: ReadonlyMap<string, Buffer>) {
  const start = performance.now();
  for (const query of [SERIES_QUERY, EPISODES_QUERY, SEASONS_QUERY]) await fetchAll(demo, query);
  const fetched = performance.now();
  for (const [table, content] of rows) await store.load(table, content);
  return { fetchMs: fetched - start, copyMs: performance.now() - fetched };
}

async function fetchAll(demo: DemoProcess, query: Readonly<Record<string, string>>): Promise<void> {
  const [library] = z
    .array(z.object({ ItemId: z.string() }))
    .parse(await get(demo, '/Library/VirtualFolders'));
  const [user] = z.array(z.object({ Id: z.string() })).parse(await get(demo, '/Users'));
  for (let start = 0; ; start += PAGE_SIZE) {
    const parameters = new URLSearchParams({
      ...query,
      userId: user?.Id ?? '',
      ParentId: library?.ItemId ?? '',
      StartIndex: String(start),
      Limit: String(PAGE_SIZE),
    });
    const page = z.object({ Items: z.array(z.unknown()) }).parse(await get(demo, `/Items?${parameters}`));
    if (page.Items.length < PAGE_SIZE) return;
  }
}

async function get(demo: DemoProcess, path: string): Promise<unknown> {
  const headers = { authorization: `MediaBrowser Token="${demo.apiKey}"` };
  const response = await fetch(new URL(path, demo.url), { headers });
  return response.json();
}
