import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activeVectors } from '../../../src/embeddings/active-vectors.repo.ts';
import type { Embedder } from '../../../src/embeddings/embedder.ts';
import { activeModel, embeddedHashes, embeddingModelRows } from '../../../src/embeddings/embeddings.repo.ts';
import {
  type GenerateSeriesEmbeddingsInput,
  generateSeriesEmbeddings,
} from '../../../src/embeddings/generate-series-embeddings.ts';
import { createOfflineEmbedder, OFFLINE_MODEL } from '../../../src/embeddings/offline-embedder.ts';
import { createOpenAiEmbedder } from '../../../src/embeddings/openai-embedder.ts';
import type { Database } from '../../../src/platform/database.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import {
  type EmbeddingProvider,
  type ProviderAnswer,
  type ProviderRequest,
  refusal,
  startEmbeddingProvider,
  vectorsFor,
} from '../../support/embedding-provider.ts';

let db: Database;
let provider: EmbeddingProvider | undefined;
const signal = new AbortController().signal;

beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(async () => {
  await provider?.close();
  provider = undefined;
  await db.close();
});

/** Adds series `1..count` with a name and an overview. */
async function addTitles(count: number): Promise<void> {
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, overview, genres, content_hash) overriding system value
    select i, 'Series ' || i, 's' || i, 's' || i, 'Overview number ' || i, array['Drama'], 'h'
    from generate_series(1, ${count}::int) i`);
}

async function remoteEmbedder(
  model: string,
  answer: (asked: ProviderRequest, request: number) => ProviderAnswer | Promise<ProviderAnswer>,
): Promise<Embedder> {
  await provider?.close();
  provider = await startEmbeddingProvider(answer);
  return createOpenAiEmbedder({ apiKey: 'secret-key-0123456789', baseUrl: provider.url, model });
}

async function modelRow(model: string) {
  return (await embeddingModelRows(db)).find((row) => row.model === model);
}

function run(embedder: Embedder, input: GenerateSeriesEmbeddingsInput = {}) {
  const context = testContext(db, { embedder });
  return { context, counts: generateSeriesEmbeddings(context, input) };
}

describe('generateSeriesEmbeddings', () => {
  it('tells in a dry run what it would embed, asks nobody and stores nothing', async () => {
    await addTitles(3);
    const remote = await remoteEmbedder('dry', () => refusal(500, 'never asked'));
    const { context, counts } = run(remote, { dryRun: true });
    const told = await counts;
    expect(told).toMatchObject({ titles: 3, embedded: 3, unchanged: 0, failed: 0, activated: 1 });
    expect(told.tokens).toBeGreaterThan(0);
    expect(provider?.requests).toEqual([]);
    expect(await embeddedHashes(db, 'dry')).toEqual(new Map());
    expect(context.record.lines.at(-1)?.message).toContain('Would embed 3 titles');
  });

  it('embeds every title, makes the model active and reports its progress', async () => {
    await addTitles(250);
    const { context, counts } = run(createOfflineEmbedder());
    expect(await counts).toEqual({
      titles: 250,
      embedded: 250,
      unchanged: 0,
      failed: 0,
      truncated: 0,
      alsoEmbedded: 0,
      tokens: 0,
      costMicroUsd: 0,
      activated: 1,
    });
    expect(context.record.steps.at(-1)).toMatchObject({ total: 250, done: 250 });
    const vectors = await activeVectors(db, signal);
    expect(vectors).toMatchObject({ model: OFFLINE_MODEL, dimensions: 768 });
    expect(vectors?.titleIds).toHaveLength(250);
    expect(Math.hypot(...(vectors?.matrix.subarray(768, 1536) ?? []))).toBeCloseTo(1, 2);
  });

  it('embeds nothing again but titles whose text changed', async () => {
    await addTitles(5);
    await run(createOfflineEmbedder()).counts;
    expect(await run(createOfflineEmbedder()).counts).toMatchObject({
      embedded: 0,
      unchanged: 5,
      activated: 0,
    });
    await db.rows(sql`update titles set overview = 'Quite another one' where id = 3`);
    expect(await run(createOfflineEmbedder()).counts).toMatchObject({ embedded: 1, unchanged: 4 });
    expect(await run(createOfflineEmbedder(), { force: true }).counts).toMatchObject({
      embedded: 5,
      unchanged: 0,
    });
  });

  it('ignores removed titles and does nothing in an empty catalog', async () => {
    expect(await run(createOfflineEmbedder()).counts).toMatchObject({ titles: 0, embedded: 0, activated: 0 });
    await addTitles(2);
    await db.rows(sql`update titles set removed_at = now() where id = 2`);
    expect(await run(createOfflineEmbedder()).counts).toMatchObject({ titles: 1, embedded: 1, activated: 1 });
  });

  it('keeps the old model serving until the new one is complete', async () => {
    await addTitles(6);
    await run(createOfflineEmbedder()).counts;
    const remote = await remoteEmbedder('remote', ({ input }) => vectorsFor(input));
    expect(await run(remote, { limit: 4 }).counts).toMatchObject({ embedded: 4, activated: 0 });
    expect((await activeModel(db))?.model).toBe(OFFLINE_MODEL);
    expect(await run(remote).counts).toMatchObject({ embedded: 2, unchanged: 4, activated: 1 });
    expect(await activeModel(db)).toMatchObject({ model: 'remote', dimensions: 4, active: true });
    expect((await embeddedHashes(db, OFFLINE_MODEL)).size).toBe(6);
  });

  it('embeds only the titles asked for, and refuses one that is not there', async () => {
    await addTitles(3);
    expect(await run(createOfflineEmbedder(), { titleIds: [2] }).counts).toMatchObject({
      titles: 1,
      embedded: 1,
    });
    await expect(run(createOfflineEmbedder(), { titleIds: [2, 99] }).counts).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'titleIds',
      value: '99',
    });
  });

  it('fails only the title whose text the provider refuses', async () => {
    await addTitles(9);
    const remote = await remoteEmbedder('remote', ({ input }) =>
      input.some((text) => text.includes('number 4')) ? refusal(400, 'content policy') : vectorsFor(input),
    );
    const { context, counts } = run(remote);
    expect(await counts).toMatchObject({ embedded: 8, failed: 1, activated: 1 });
    expect(context.record.failures).toEqual([
      {
        item: 'Series 4',
        target: { kind: 'title', id: 4 },
        error: expect.objectContaining({ code: 'BAD_INPUT', field: 'text' }),
      },
    ]);
  });

  it('stops when the provider refuses every text', async () => {
    await addTitles(64);
    const remote = await remoteEmbedder('remote', () => refusal(400, 'model does not embed'));
    await expect(run(remote).counts).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    expect(provider?.requests.length).toBeLessThan(20);
  });

  it('fails a title without any text without asking the provider', async () => {
    await addTitles(2);
    await db.rows(sql`update titles set name = '', overview = null, genres = '{}' where id = 2`);
    const { context, counts } = run(createOfflineEmbedder());
    expect(await counts).toMatchObject({ embedded: 1, failed: 1 });
    expect(context.record.failures[0]).toMatchObject({ item: 'title 2', error: { code: 'BAD_INPUT' } });
  });

  it('stores nothing of a batch with fewer vectors than texts, and fails', async () => {
    await addTitles(3);
    const remote = await remoteEmbedder('remote', ({ input }) => vectorsFor(input.slice(1)));
    await expect(run(remote).counts).rejects.toMatchObject({ code: 'PROVIDER_BAD_ANSWER' });
    expect((await embeddedHashes(db, 'remote')).size).toBe(0);
  });

  it('refuses vectors of another dimension than those stored under the name', async () => {
    await addTitles(3);
    await run(await remoteEmbedder('remote', ({ input }) => vectorsFor(input, 4))).counts;
    await db.rows(sql`update titles set overview = 'New words' where id = 1`);
    const other = await remoteEmbedder('remote', ({ input }) => vectorsFor(input, 5));
    await expect(run(other).counts).rejects.toMatchObject({ code: 'PROVIDER_BAD_ANSWER', value: 'remote' });
  });

  it('goes on where a failed run stopped', async () => {
    await addTitles(600);
    const dying = await remoteEmbedder('remote', ({ input }, request) =>
      request === 1 ? vectorsFor(input) : refusal(401, 'key was revoked'),
    );
    await expect(run(dying).counts).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    const stored = (await embeddedHashes(db, 'remote')).size;
    const alive = await remoteEmbedder('remote', ({ input }) => vectorsFor(input));
    expect(await run(alive).counts).toMatchObject({
      unchanged: stored,
      embedded: 600 - stored,
      activated: 1,
    });
  });

  it('stores what was answered before the provider failed', async () => {
    await addTitles(600);
    const dying = await remoteEmbedder('remote', ({ input }, request) =>
      request <= 2 ? vectorsFor(input) : refusal(401, 'key was revoked'),
    );
    await expect(run(dying).counts).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    const answered = provider?.requests.slice(0, 2).flatMap(({ input }) => input) ?? [];
    expect((await embeddedHashes(db, 'remote')).size).toBe(answered.length);
  });

  it('shortens a text that the provider finds too long, tells so, and asks once for all later ones', async () => {
    await addTitles(300);
    const long = 'very long words '.repeat(100);
    await db.rows(sql`update titles set overview = ${long} where id in (3, 200)`);
    const remote = await remoteEmbedder('small', ({ input }) =>
      input.some((text) => text.length > 800)
        ? refusal(400, 'the input length exceeds the context length')
        : vectorsFor(input),
    );
    const { context, counts } = run(remote);
    expect(await counts).toMatchObject({ embedded: 300, failed: 0, truncated: 2, activated: 1 });
    const warnings = context.record.lines.filter(({ level }) => level === 'warn');
    expect(warnings.map(({ message }) => message).sort()).toEqual([
      expect.stringContaining('The text of Series 200 is too long'),
      expect.stringContaining('The text of Series 3 is too long'),
    ]);
    // The whole text is what is compared with later.
    expect(await run(remote).counts).toMatchObject({ embedded: 0, unchanged: 300 });
  });

  it('sends no text above the limit that is known before', async () => {
    await addTitles(2);
    await db.rows(sql`update titles set overview = ${'long '.repeat(1_000)} where id = 2`);
    const remote = await remoteEmbedder('remote', ({ input }) => vectorsFor(input));
    const { counts } = run({ ...remote, maxTextTokens: 100 });
    expect(await counts).toMatchObject({ embedded: 2, truncated: 1 });
    expect(Math.max(...(provider?.requests[0]?.input ?? []).map((text) => text.length))).toBeLessThanOrEqual(
      400,
    );
    const told = await run({ ...remote, maxTextTokens: 100 }, { force: true, dryRun: true }).counts;
    expect(told).toMatchObject({ embedded: 2, truncated: 1 });
  });

  it('fails a title that the provider finds too long however short it is', async () => {
    await addTitles(3);
    const remote = await remoteEmbedder('remote', ({ input }) =>
      input.some((text) => text.includes('Series 2')) ? refusal(413, 'too large') : vectorsFor(input),
    );
    const { context, counts } = run(remote);
    expect(await counts).toMatchObject({ embedded: 2, failed: 1 });
    expect(context.record.failures).toMatchObject([{ item: 'Series 2', error: { code: 'LIMIT_EXCEEDED' } }]);
  });

  it('adds up tokens and cost of a model, by run and over all runs', async () => {
    await addTitles(3);
    const remote = await remoteEmbedder('remote', ({ input }) => vectorsFor(input));
    const priced = { ...remote, pricePerMillionTokens: 200_000 };
    expect(await run(priced).counts).toMatchObject({ tokens: 7, costMicroUsd: 1_400_000 });
    expect(await run(priced, { force: true }).counts).toMatchObject({ tokens: 7, costMicroUsd: 1_400_000 });
    expect(await modelRow('remote')).toMatchObject({ tokens: 14, costMicroUsd: 2_800_000 });
  });

  it('says neither tokens nor cost where the provider counts none or the price is not known', async () => {
    await addTitles(2);
    const remote = await remoteEmbedder('remote', ({ input }) => vectorsFor(input));
    const unpriced = await run(remote).counts;
    expect(unpriced).toMatchObject({ tokens: 7 });
    expect(unpriced).not.toHaveProperty('costMicroUsd');
    const silent = await remoteEmbedder('remote', ({ input }) => ({
      body: { data: input.map((_text, index) => ({ index, embedding: [1, index, 2, 3] })) },
    }));
    const uncounted = await run({ ...silent, pricePerMillionTokens: 1 }, { force: true }).counts;
    expect(uncounted).not.toHaveProperty('tokens');
    expect(uncounted).not.toHaveProperty('costMicroUsd');
    expect(await modelRow('remote')).toMatchObject({ tokens: null, costMicroUsd: null });
  });

  it('stops between batches when it is told to', async () => {
    await addTitles(600);
    const stop = new AbortController();
    const embedder = await remoteEmbedder('remote', ({ input }) => {
      stop.abort();
      return vectorsFor(input);
    });
    const context = { ...testContext(db, { embedder }), signal: stop.signal };
    await expect(generateSeriesEmbeddings(context)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await activeModel(db)).toBeNull();
  });
});
