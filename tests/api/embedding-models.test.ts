import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSeriesEmbeddings } from '../../src/embeddings/generate-series-embeddings.ts';
import { createOfflineEmbedder, OFFLINE_MODEL } from '../../src/embeddings/offline-embedder.ts';
import { createOpenAiEmbedder } from '../../src/embeddings/openai-embedder.ts';
import type { Database } from '../../src/platform/database.ts';
import { at, caller, createApi } from '../support/api.ts';
import { testContext } from '../support/context.ts';
import { createTestDatabase } from '../support/database.ts';
import { type EmbeddingProvider, startEmbeddingProvider, vectorsFor } from '../support/embedding-provider.ts';
import { noServices } from '../support/engine.ts';

const MODELS = `{ embeddingModels { model provider dimensions active configured heldBack titles stale missing tokens cost
  createdAt activatedAt index } }`;
const ACTIVATE = `mutation ($model: String!) { activateEmbeddingModel(model: $model) {
  __typename ... on ActivatedEmbeddingModel { models { model active heldBack } } ... on Failure { code path remedy } } }`;

let db: Database;
let provider: EmbeddingProvider;
let api: ReturnType<typeof createApi>;

/** The offline model is complete but for a new title and a changed one; a remote one took over and has everything. */
beforeAll(async () => {
  db = await createTestDatabase();
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, content_hash) overriding system value
    select i, 'Series ' || i, 's', 's', 'h' from generate_series(1, 4) i`);
  await generateSeriesEmbeddings(testContext(db, { embedder: createOfflineEmbedder() }));
  await db.rows(sql`update titles set name = 'Another name' where id = 1`);
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, content_hash) overriding system value values (5, 'Five', 's', 's', 'h')`);
  provider = await startEmbeddingProvider(({ input }) => vectorsFor(input));
  const embedder = createOpenAiEmbedder({
    apiKey: 'secret-key-0123456789',
    baseUrl: provider.url,
    model: 'remote',
    pricePerMillionTokens: 100,
  });
  await generateSeriesEmbeddings(testContext(db, { embedder }));
  api = createApi(db, undefined, { ...noServices, embedder });
});
afterAll(async () => {
  await provider.close();
  await db.close();
});

describe('embeddingModels', () => {
  it('tells of each model how it stands, the active one first', async () => {
    const { data, errors } = await api.query(MODELS);
    expect(errors).toBeUndefined();
    expect(data?.embeddingModels).toEqual([
      {
        model: 'remote',
        provider: new URL(provider.url).host,
        dimensions: 4,
        active: true,
        configured: true,
        heldBack: false,
        titles: 5,
        stale: 0,
        missing: 0,
        tokens: 7,
        cost: 0.0007,
        createdAt: expect.any(String),
        activatedAt: expect.any(String),
        index: 'NONE',
      },
      expect.objectContaining({
        model: OFFLINE_MODEL,
        provider: 'offline',
        active: false,
        configured: false,
        titles: 4,
        stale: 1,
        missing: 1,
        tokens: 0,
        cost: 0,
      }),
    ]);
  });

  it('is the operators’ business', async () => {
    const { errors } = await api.query(MODELS, {}, caller('VIEWER', 1));
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('activateEmbeddingModel', () => {
  it('goes back to a model and to the other one again', async () => {
    const back = await api.query(ACTIVATE, { model: OFFLINE_MODEL });
    expect(at(back.data, 'activateEmbeddingModel', 'models')).toEqual([
      { model: OFFLINE_MODEL, active: true, heldBack: false },
      { model: 'remote', active: false, heldBack: true },
    ]);
    const again = await api.query(ACTIVATE, { model: 'remote' });
    expect(at(again.data, 'activateEmbeddingModel', 'models', 0)).toMatchObject({
      model: 'remote',
      active: true,
    });
  });

  it.each([
    ['a model without vectors', 'none', 'NotFoundError', 'NOT_FOUND'],
    ['a name no database can hold', 'a\u0000b', 'BadInputError', 'BAD_INPUT'],
    ['a name without end', 'm'.repeat(501), 'BadInputError', 'BAD_INPUT'],
  ])('refuses %s', async (_what, model, type, code) => {
    const { data } = await api.query(ACTIVATE, { model });
    expect(data?.activateEmbeddingModel).toMatchObject({ __typename: type, code, path: ['model'] });
  });

  it('needs an administrator', async () => {
    const { errors } = await api.query(ACTIVATE, { model: 'remote' }, caller('OPERATOR'));
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});
