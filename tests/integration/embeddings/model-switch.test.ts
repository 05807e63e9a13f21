import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activateEmbeddingModel } from '../../../src/embeddings/activate-embedding-model.ts';
import type { Embedder } from '../../../src/embeddings/embedder.ts';
import { listEmbeddingModels } from '../../../src/embeddings/embedding-model-list.ts';
import { activeModel, embeddedHashes } from '../../../src/embeddings/embeddings.repo.ts';
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
  refusal,
  startEmbeddingProvider,
  vectorsFor,
} from '../../support/embedding-provider.ts';

let db: Database;
let provider: EmbeddingProvider;
/** Models that the provider does not know any more. */
let forgotten: string[];
/** Texts that the model `new` refuses. */
let refused: readonly string[];

beforeEach(async () => {
  db = await createTestDatabase();
  forgotten = [];
  refused = [];
  provider = await startEmbeddingProvider(({ model, input }) => {
    if (forgotten.includes(model)) return refusal(404, 'no such model');
    const isRefused = model === 'new' && input.some((text) => refused.some((part) => text.includes(part)));
    return isRefused ? refusal(400, 'no such text, please') : vectorsFor(input);
  });
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, overview, content_hash) overriding system value
    select i, 'Series ' || i, 's' || i, 's' || i, 'Overview number ' || i, 'h' from generate_series(1, 6) i`);
});
afterEach(async () => {
  await provider.close();
  await db.close();
});

const remote = (model: string) =>
  createOpenAiEmbedder({ apiKey: 'secret-key-0123456789', baseUrl: provider.url, model });

function run(embedder: Embedder, input: GenerateSeriesEmbeddingsInput = {}) {
  const context = testContext(db, { embedder });
  return { context, counts: generateSeriesEmbeddings(context, input) };
}

async function change(titleId: number): Promise<void> {
  await db.rows(sql`update titles set overview = overview || ' and more' where id = ${titleId}`);
}

const isFresh = async (model: string) => {
  const models = await listEmbeddingModels(db);
  return models.find((entry) => entry.model === model)?.stale === 0;
};
const active = async () => (await activeModel(db))?.model;

describe('while another model is being filled', () => {
  beforeEach(async () => {
    await run(remote('old')).counts;
    await run(remote('new'), { limit: 3 }).counts;
  });

  it('titles that change are embedded with both, so that the old one stays fresh until the cut-over', async () => {
    await change(2);
    const dry = await run(remote('new'), { limit: 1, dryRun: true }).counts;
    expect(dry).toMatchObject({ embedded: 1, alsoEmbedded: 1, activated: 0 });
    expect(await run(remote('new'), { limit: 1 }).counts).toMatchObject({ embedded: 1, alsoEmbedded: 1 });
    expect(await active()).toBe('old');
    expect(await isFresh('old')).toBe(true);
  });

  it('titles that are added get a vector of the active model too', async () => {
    await db.rows(
      sql`insert into titles (id, name, sort_name, match_name, content_hash) overriding system value values (7, 'Seven', 's', 's', 'h')`,
    );
    expect(await run(remote('new'), { limit: 1 }).counts).toMatchObject({ embedded: 1, alsoEmbedded: 1 });
    expect((await embeddedHashes(db, 'old')).has(7)).toBe(true);
  });

  it('the new one takes over in the run that completes it, and the old one keeps its vectors', async () => {
    expect(await run(remote('new')).counts).toMatchObject({ embedded: 3, activated: 1 });
    expect(await active()).toBe('new');
    expect((await embeddedHashes(db, 'old')).size).toBe(6);
    await change(1);
    expect(await run(remote('new')).counts).toMatchObject({ embedded: 1, alsoEmbedded: 0 });
  });

  it('goes on when the provider does not know the old model any more, and says so', async () => {
    forgotten.push('old');
    await change(2);
    const { context, counts } = run(remote('new'));
    expect(await counts).toMatchObject({ embedded: 4, alsoEmbedded: 0, activated: 1 });
    expect(context.record.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('old could not be kept') }),
    );
  });

  it('leaves the old model of another provider as it was, and says so', async () => {
    await db.rows(sql`update embedding_models set provider = 'elsewhere' where model = 'old'`);
    await change(2);
    const { context, counts } = run(remote('new'), { limit: 1 });
    expect(await counts).toMatchObject({ embedded: 1, alsoEmbedded: 0 });
    expect(context.record.lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: expect.stringContaining('cannot be asked any more'),
      }),
    );
  });
});

describe('a new model whose provider refuses texts', () => {
  beforeEach(() => run(remote('old')).counts);

  it('takes over without a single one of them, and can be chosen by hand as well', async () => {
    refused = ['number 3'];
    expect(await run(remote('new'), { limit: 5 }).counts).toMatchObject({ failed: 1, activated: 0 });
    await activateEmbeddingModel({ db }, { model: 'old' });
    expect(await run(remote('new')).counts).toMatchObject({ failed: 1, activated: 0 });
    await activateEmbeddingModel({ db }, { model: 'new' });
    expect(await active()).toBe('new');
  });

  it('does not take over from one that has vectors of many titles more, and says so', async () => {
    refused = ['number 3', 'number 5'];
    const { context, counts } = run(remote('new'));
    expect(await counts).toMatchObject({ embedded: 4, failed: 2, activated: 0 });
    expect(await active()).toBe('old');
    expect(context.record.lines.at(-1)).toMatchObject({
      level: 'warn',
      message: 'new does not take over: it has no vectors of 2 titles that old has.',
    });
    refused = [];
    expect(await run(remote('new')).counts).toMatchObject({ embedded: 2, activated: 1 });
  });

  it('does not wait for titles that have no text at all', async () => {
    await db.rows(
      sql`insert into titles (id, name, sort_name, match_name, content_hash) overriding system value values (7, '', 's', 's', 'h')`,
    );
    await run(remote('new'), { limit: 5 }).counts;
    const rest = { titleIds: [6] };
    expect(await run(remote('new'), { ...rest, dryRun: true }).counts).toMatchObject({ activated: 1 });
    expect(await run(remote('new'), rest).counts).toMatchObject({ embedded: 1, activated: 1 });
  });
});

it('keeps an offline model fresh for as long as a remote one is being filled', async () => {
  await run(createOfflineEmbedder()).counts;
  await run(remote('new'), { limit: 2 }).counts;
  await change(5);
  expect(await run(remote('new'), { limit: 1 }).counts).toMatchObject({ alsoEmbedded: 1 });
  expect(await isFresh(OFFLINE_MODEL)).toBe(true);
});

describe('activateEmbeddingModel', () => {
  beforeEach(async () => {
    await run(remote('old')).counts;
    await run(remote('new')).counts;
  });

  it('goes back to the model before, which then stays active and fresh in every further run', async () => {
    await activateEmbeddingModel({ db }, { model: 'old' });
    expect(await active()).toBe('old');
    await change(4);
    const { context, counts } = run(remote('new'));
    expect(await counts).toMatchObject({ embedded: 1, alsoEmbedded: 1, activated: 0 });
    expect(await active()).toBe('old');
    expect(await isFresh('old')).toBe(true);
    expect(context.record.lines.at(-1)?.message).toContain('chosen by hand');
  });

  it('gives the configured model its way again when it is chosen, or when the chosen one is configured', async () => {
    await activateEmbeddingModel({ db }, { model: 'old' });
    await activateEmbeddingModel({ db }, { model: 'new' });
    expect(await active()).toBe('new');
    await activateEmbeddingModel({ db }, { model: 'old' });
    await run(remote('old')).counts;
    expect(await run(remote('new')).counts).toMatchObject({ activated: 1 });
  });

  it('does not hold back a model that is configured later', async () => {
    await activateEmbeddingModel({ db }, { model: 'old' });
    expect(await run(remote('newest')).counts).toMatchObject({ embedded: 6, activated: 1 });
  });

  it('leaves exactly one model active, however many are chosen at the same time', async () => {
    await Promise.all(['old', 'new', 'old', 'new'].map((model) => activateEmbeddingModel({ db }, { model })));
    expect((await listEmbeddingModels(db)).filter((model) => model.active)).toHaveLength(1);
  });

  it('refuses a model without vectors and one that was never complete', async () => {
    await run(remote('newest'), { limit: 2 }).counts;
    await expect(activateEmbeddingModel({ db }, { model: 'none' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'model',
      remedy: expect.stringContaining('new, newest, old'),
    });
    await expect(activateEmbeddingModel({ db }, { model: 'newest' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('4 of 6'),
    });
    expect(await active()).toBe('new');
  });
});
