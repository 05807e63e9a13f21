import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listEmbeddingModels } from '../../../src/embeddings/embedding-model-list.ts';
import { activeModel } from '../../../src/embeddings/embeddings.repo.ts';
import { generateSeriesEmbeddings } from '../../../src/embeddings/generate-series-embeddings.ts';
import { createOfflineEmbedder, OFFLINE_MODEL } from '../../../src/embeddings/offline-embedder.ts';
import {
  buildVectorIndex,
  refreshStatistics,
  vectorIndexName,
} from '../../../src/embeddings/vector-index.repo.ts';
import type { Database } from '../../../src/platform/database.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';

const MODEL = 'it\'s a "model"; --@1';
let db: Database;

beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

async function addTitles(count: number): Promise<void> {
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, overview, content_hash) overriding system value
    select i, 'Series ' || i, 's' || i, 's' || i, 'Overview ' || md5(i::text) || ' ' || md5((i % 50)::text), 'h'
    from generate_series(1, ${count}::int) i`);
}

/** Vectors of eight dimensions, in directions that look random. */
async function addVectors(count: number): Promise<void> {
  await addTitles(count);
  await db.rows(sql`insert into embedding_models (model, dimensions, active) values (${MODEL}, 8, true)`);
  await db.rows(sql`
    insert into embeddings (title_id, model, vector, text_hash, tokens)
    select i, ${MODEL}, (select array_agg(sin(i * d * 12.9898 + d)) from generate_series(1, 8) d)::halfvec, 'h', 0
    from generate_series(1, ${count}::int) i`);
}

const similar = async (titleId: number, wanted: number, on: Pick<Database, 'rows'> = db) =>
  (
    await on.rows<{ title_id: number }>(
      sql`select title_id from similar_titles(${titleId}::int, ${wanted}::int) order by distance, title_id`,
    )
  ).map(({ title_id }) => title_id);

const exact = async (titleId: number, wanted: number) =>
  (
    await db.rows<{ title_id: number }>(sql`
      select e.title_id from embeddings e join embeddings own on own.model = e.model and own.title_id = ${titleId}::int
      join titles t on t.id = e.title_id and t.removed_at is null
      where e.title_id <> own.title_id order by e.vector <=> own.vector, e.title_id limit ${wanted}::int`)
  ).map(({ title_id }) => title_id);

const { signal } = new AbortController();
const model = { model: MODEL, dimensions: 8 };

describe('similar titles', () => {
  it('are the nearest that are on the server, however many are not', async () => {
    await addVectors(400);
    expect(await similar(100, 20)).toEqual(await exact(100, 20));
    await db.rows(sql`update titles set removed_at = now() where id between 2 and 250 and id <> 100`);
    expect(await similar(100, 20)).toEqual(await exact(100, 20));
  });

  it('are all there are where fewer are wanted, and none for a title without a vector', async () => {
    await addVectors(3);
    expect(await similar(1, 100)).toHaveLength(2);
    expect(await similar(99, 100)).toEqual([]);
    await db.rows(sql`update embedding_models set active = false`);
    expect(await similar(1, 100)).toEqual([]);
  });
});

describe.runIf(!process.env.DATABASE_URL)('on the embedded database', () => {
  it('a model gets no index, however many vectors it has', async () => {
    await addTitles(3_000);
    await generateSeriesEmbeddings(testContext(db, { embedder: createOfflineEmbedder() }));
    expect(await listEmbeddingModels(db)).toMatchObject([{ active: true, titles: 3_000, isIndexed: false }]);
  });
});

describe.runIf(process.env.DATABASE_URL)('on PostgreSQL', () => {
  it('a model with many vectors gets its index before it takes over, and similar titles are found with it', async () => {
    await addTitles(3_000);
    await generateSeriesEmbeddings(testContext(db, { embedder: createOfflineEmbedder() }));
    expect(await listEmbeddingModels(db)).toMatchObject([
      { model: OFFLINE_MODEL, active: true, isIndexed: true },
    ]);
    const uses = await db.transaction(async (tx) => {
      await similar(7, 20, tx);
      return tx.rows(sql`
        select pg_stat_get_xact_numscans(${vectorIndexName(OFFLINE_MODEL)}::regclass)::int as scans`);
    });
    expect(uses).toEqual([{ scans: 1 }]);
  });

  it('the plan of a search for the nearest vectors is a scan of the index', async () => {
    await addVectors(3_000);
    await buildVectorIndex(db, model, signal);
    await db.transaction(refreshStatistics);
    const plan = await db.rows<{ 'QUERY PLAN': string }>(sql`
      explain select title_id from embeddings where model = ${sql.raw(`'${MODEL.replaceAll("'", "''")}'`)}
      order by vector::halfvec(8) <=> '[1,0,0,0,0,0,0,0]'::halfvec(8) limit 200`);
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain(
      `Index Scan using ${vectorIndexName(MODEL)}`,
    );
  });

  it('an index finds the same titles as comparing with all, and skips those that are removed', async () => {
    await addVectors(3_000);
    await buildVectorIndex(db, model, signal);
    await db.rows(sql`update titles set removed_at = now() where id % 7 = 3`);
    for (const titleId of [1, 700, 1_500])
      expect(await similar(titleId, 20)).toEqual(await exact(titleId, 20));
  });

  it('a small model gets none', async () => {
    await addTitles(50);
    await generateSeriesEmbeddings(testContext(db, { embedder: createOfflineEmbedder() }));
    expect(await listEmbeddingModels(db)).toMatchObject([{ active: true, isIndexed: false }]);
  });

  it('one that was cut off in the middle is built anew', async () => {
    await addVectors(100);
    await buildVectorIndex(db, model, signal);
    await db.rows(sql`
      update pg_index set indisvalid = false where indexrelid = ${vectorIndexName(MODEL)}::regclass`);
    expect(await listEmbeddingModels(db)).toMatchObject([{ isIndexed: false }]);
    await buildVectorIndex(db, model, signal);
    expect(await listEmbeddingModels(db)).toMatchObject([{ isIndexed: true }]);
  });

  it('two processes that build it at the same time end up with one', async () => {
    await addVectors(3_000);
    await Promise.all([buildVectorIndex(db, model, signal), buildVectorIndex(db, model, signal)]);
    expect(await listEmbeddingModels(db)).toMatchObject([{ isIndexed: true }]);
  });

  it('the building ends when it is told to, and the model does not take over', async () => {
    await addTitles(6_000);
    const context = testContext(db, { embedder: createOfflineEmbedder() });
    const stop = new AbortController();
    const running = generateSeriesEmbeddings({ ...context, signal: stop.signal });
    const isBuilding = async () =>
      (await db.rows(sql`select from pg_stat_progress_create_index where datname = current_database()`))
        .length;
    await expect.poll(isBuilding, { timeout: 60_000, interval: 20 }).toBe(1);
    stop.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(await isBuilding()).toBe(0);
    expect(await activeModel(db)).toBeNull();
  }, 90_000);
});
