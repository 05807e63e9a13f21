import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activateEmbeddingModel } from '../../../src/embeddings/activate-embedding-model.ts';
import { type CleanEmbeddingsInput, cleanEmbeddings } from '../../../src/embeddings/clean-embeddings.ts';
import { embeddingModelsOf } from '../../../src/embeddings/embeddings.repo.ts';
import { buildVectorIndex, indexedModels } from '../../../src/embeddings/vector-index.repo.ts';
import type { Database } from '../../../src/platform/database.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { domainWrites } from '../../support/domain-writes.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const MODELS = ['active', 'configured', 'old', 'recent'];
let db: Database;

/** Four models with vectors of 30 titles, of which title 29 was removed long ago and 30 lately. */
beforeEach(async () => {
  db = await createTestDatabase();
  const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString();
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, content_hash, removed_at) overriding system value
    select i, 'Series ' || i, 's', 's', 'h',
      case i when 29 then ${daysAgo(31)}::timestamptz when 30 then ${daysAgo(29)}::timestamptz end
    from generate_series(1, 30) i`);
  for (const model of MODELS) {
    const used = daysAgo(model === 'recent' ? 29 : 31);
    await db.rows(sql`
      insert into embedding_models (model, dimensions, active, used_at, activated_at)
      values (${model}, 2, ${model === 'active'}, ${used}::timestamptz, ${used}::timestamptz)`);
    await db.rows(sql`
      insert into embeddings (title_id, model, vector, text_hash, tokens)
      select i, ${model}, '[1,2]', 'h', 0 from generate_series(1, 30) i`);
  }
});
afterEach(() => db.close());

const clean = (input: CleanEmbeddingsInput = {}, extra = {}) =>
  cleanEmbeddings({ ...testContext(db, { embedder: { model: 'configured' } }, () => NOW), ...extra }, input);

const left = async () =>
  Object.fromEntries(
    (
      await db.rows<{ model: string; count: number }>(
        sql`select model, count(*)::int as count from embeddings group by model order by model`,
      )
    ).map(({ model, count }) => [model, count]),
  );

describe('cleanEmbeddings', () => {
  it('removes models that are not in use and vectors of titles that are gone, and nothing else', async () => {
    expect(await clean()).toEqual({ modelsRemoved: 1, indexesRemoved: 0, vectorsRemoved: 33 });
    expect(await left()).toEqual({ active: 29, configured: 29, recent: 29 });
    expect((await embeddingModelsOf(db)).map(({ model }) => model)).toEqual([
      'active',
      'configured',
      'recent',
    ]);
    expect(await clean()).toEqual({ modelsRemoved: 0, indexesRemoved: 0, vectorsRemoved: 0 });
  });

  it('says in a dry run what it would remove, and writes nothing', async () => {
    const before = await domainWrites(db);
    expect(await clean({ dryRun: true })).toEqual({
      modelsRemoved: 1,
      indexesRemoved: 0,
      vectorsRemoved: 33,
    });
    expect(await domainWrites(db)).toEqual(before);
  });

  it('removes at once what is not in use when nothing is to be kept', async () => {
    expect(await clean({ keepDays: 0 })).toEqual({ modelsRemoved: 2, indexesRemoved: 0, vectorsRemoved: 64 });
    expect(await left()).toEqual({ active: 28, configured: 28 });
  });

  it('removes many vectors in several transactions, and goes on where it was stopped', async () => {
    await db.rows(sql`
      insert into titles (id, name, sort_name, match_name, content_hash) overriding system value
      select i, 'Series ' || i, 's', 's', 'h' from generate_series(31, 2500) i`);
    await db.rows(sql`
      insert into embeddings (title_id, model, vector, text_hash, tokens)
      select i, 'old', '[1,2]', 'h', 0 from generate_series(31, 2500) i`);
    const stop = new AbortController();
    const { progress } = testContext(db, {});
    const stopping = { ...progress, advance: () => stop.abort() };
    await expect(clean({}, { signal: stop.signal, progress: stopping })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect((await left()).old).toBe(1_500);
    expect(await clean()).toMatchObject({ modelsRemoved: 1, vectorsRemoved: 1_503 });
  });

  it('leaves a model alone that somebody chooses in the meantime', async () => {
    const { progress } = testContext(db, {});
    const choose = () => db.rows(sql`update embedding_models set active = (model = 'old')`);
    let chosen: Promise<unknown> | undefined;
    const step = (name: string) => {
      if (name === 'Remove') chosen = choose();
    };
    const waiting = {
      ...db,
      transaction: (async (work) => {
        await chosen;
        return db.transaction(work);
      }) satisfies Database['transaction'],
    };
    const counts = await clean({}, { db: waiting, progress: { ...progress, step } });
    expect(counts).toEqual({ modelsRemoved: 0, indexesRemoved: 0, vectorsRemoved: 4 });
    expect(await left()).toEqual({ active: 29, configured: 29, old: 29, recent: 29 });
  });

  it('has a model that is half removed refused as one that is not complete', async () => {
    await db.rows(sql`
      insert into titles (id, name, sort_name, match_name, content_hash) overriding system value
      select i, 'Series ' || i, 's', 's', 'h' from generate_series(31, 2500) i`);
    await db.rows(sql`
      insert into embeddings (title_id, model, vector, text_hash, tokens)
      select i, 'old', '[1,2]', 'h', 0 from generate_series(31, 2500) i`);
    const { progress } = testContext(db, {});
    let told: Promise<unknown> | undefined;
    const advance = () => {
      told ??= activateEmbeddingModel({ db }, { model: 'old' }).catch((error: unknown) => error);
    };
    await clean({}, { progress: { ...progress, advance } });
    expect(await told).toMatchObject({ code: expect.stringMatching('CONFLICT|NOT_FOUND') });
    expect(await left()).toEqual({ active: 29, configured: 29, recent: 29 });
  });

  it.runIf(process.env.DATABASE_URL)('removes the index of a model with it', async () => {
    const { signal } = new AbortController();
    for (const model of ['old', 'active']) await buildVectorIndex(db, { model, dimensions: 2 }, signal);
    expect(await clean({ dryRun: true })).toMatchObject({ indexesRemoved: 1 });
    expect(await clean()).toMatchObject({ modelsRemoved: 1, indexesRemoved: 1 });
    expect(await indexedModels(db, MODELS)).toEqual(new Set(['active']));
  });
});
