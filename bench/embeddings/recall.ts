import { sql } from 'drizzle-orm';
import { generateSeriesEmbeddings } from '../../src/embeddings/generate-series-embeddings.ts';
import { createOfflineEmbedder } from '../../src/embeddings/offline-embedder.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/log.ts';
import { postgresStore } from '../sync/stores.ts';
import { addTitles } from './catalog.ts';

const TITLES = 20_000;
const ASKED = 100;
const WANTED = 20;
/** Vectors of half precision that are as far as this from one another may be taken for each other. */
const TIE = 1e-6;

/** Measures how many of the 20 nearest titles the index finds among 20,000 vectors, and how long either way takes. */
export async function measureRecall(url: string): Promise<void> {
  const store = await postgresStore(url);
  const { db } = store;
  try {
    await addTitles(db, TITLES);
    let indexBegun = 0;
    await generateSeriesEmbeddings({
      db,
      embedder: createOfflineEmbedder(),
      signal: new AbortController().signal,
      log: createLogger('silent'),
      now: () => new Date(),
      progress: {
        step: (name) => {
          if (name === 'Build the index') indexBegun = performance.now();
        },
        advance: () => {},
        log: () => {},
        fail: () => {},
      },
    });
    const buildMs = performance.now() - indexBegun;
    const ids = Array.from({ length: ASKED }, (_, index) => 1 + (index * TITLES) / ASKED);
    const exact = await timed(ids, (id) => exactly(db, id));
    const found = await timed(ids, (id) => throughIndex(db, id));
    let hits = 0;
    for (const [index, nearest] of exact.answers.entries()) {
      const furthest = (nearest.at(-1) ?? 0) + TIE;
      hits += (found.answers[index] ?? []).filter((distance) => distance <= furthest).length;
    }
    console.log(
      `postgres: index of ${TITLES} offline vectors built in ${(buildMs / 1000).toFixed(1)} s; recall@${WANTED} ` +
        `${(hits / (ASKED * WANTED)).toFixed(4)}; ${found.ms.toFixed(1)} ms a search, ${exact.ms.toFixed(1)} ms without it`,
    );
  } finally {
    await store.drop();
  }
}

async function timed(ids: readonly number[], search: (id: number) => Promise<number[]>) {
  const answers: number[][] = [];
  const begun = performance.now();
  for (const id of ids) answers.push(await search(id));
  return { answers, ms: (performance.now() - begun) / ids.length };
}

async function throughIndex(db: Database, id: number): Promise<number[]> {
  const rows = await db.rows<{ distance: number }>(
    sql`select distance from similar_titles(${id}::int, ${WANTED}::int) order by distance`,
  );
  return rows.map(({ distance }) => distance);
}

async function exactly(db: Database, id: number): Promise<number[]> {
  const rows = await db.rows<{ distance: number }>(sql`
    select e.vector <=> own.vector as distance from embeddings own
    join embeddings e on e.model = own.model and e.title_id <> own.title_id
    where own.title_id = ${id}::int order by distance limit ${WANTED}::int`);
  return rows.map(({ distance }) => distance);
}
