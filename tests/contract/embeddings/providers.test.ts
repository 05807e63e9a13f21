import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedHashes } from '../../../src/embeddings/embeddings.repo.ts';
import { generateSeriesEmbeddings } from '../../../src/embeddings/generate-series-embeddings.ts';
import { createOpenAiEmbedder } from '../../../src/embeddings/openai-embedder.ts';
import type { Database } from '../../../src/platform/database.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import {
  type EmbeddingProvider,
  type ProviderAnswer,
  type ProviderRequest,
  startEmbeddingProvider,
  vectorsFor,
} from '../../support/embedding-provider.ts';

const TITLES = 100;
let db: Database;
let provider: EmbeddingProvider | undefined;

beforeEach(async () => {
  db = await createTestDatabase();
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, overview, content_hash) overriding system value
    select i, 'Series ' || i, 's', 's', repeat('word ', 10 * i), 'h' from generate_series(1, ${TITLES}::int) i`);
});
afterEach(async () => {
  await provider?.close();
  await db.close();
});

async function run(answer: (asked: ProviderRequest, request: number) => ProviderAnswer) {
  provider = await startEmbeddingProvider(answer);
  const embedder = createOpenAiEmbedder({ apiKey: 'none', baseUrl: provider.url, model: 'some-model' });
  const context = testContext(db, { embedder });
  return { context, counts: generateSeriesEmbeddings(context) };
}

const data = (input: readonly string[], embedding: (text: string) => unknown) => ({
  object: 'list',
  data: input.map((text, index) => ({ object: 'embedding', index, embedding: embedding(text) })),
});
const numbers = (text: string) => [text.length, 1, 2];
const bytes = (text: string) => Buffer.from(Float32Array.from(numbers(text)).buffer).toString('base64');
const tokensOf = (input: readonly string[]) =>
  input.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);

/** How endpoints in use answer and refuse; each takes texts of so many tokens at most. */
const PROVIDERS = {
  OpenAI: ({ input, format }: ProviderRequest): ProviderAnswer => {
    const long = input.findIndex((text) => text.length > 1_600);
    if (long >= 0)
      return {
        status: 400,
        body: {
          error: {
            message: `Invalid 'input[${long}]': maximum input length is 400 tokens.`,
            type: 'invalid_request_error',
            param: null,
            code: null,
          },
        },
      };
    const tokens = tokensOf(input);
    return {
      body: {
        ...data(input, format === 'base64' ? bytes : numbers),
        model: 'some-model',
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      },
    };
  },
  Ollama: ({ input }: ProviderRequest): ProviderAnswer => {
    if (input.some((text) => text.length > 1_600))
      return {
        status: 400,
        body: {
          error: { message: 'the input length exceeds the context length', type: 'invalid_request_error' },
        },
      };
    return { body: { ...data(input, numbers), usage: { prompt_tokens: 0, total_tokens: 0 } } };
  },
  vLLM: ({ input, format }: ProviderRequest): ProviderAnswer => {
    if (input.some((text) => text.length > 1_600))
      return {
        status: 400,
        body: {
          object: 'error',
          message: "This model's maximum context length is 400 tokens. However, you requested 512 tokens.",
          type: 'BadRequestError',
          param: null,
          code: 400,
        },
      };
    return { body: { id: 'embd-1', ...data(input, format === 'base64' ? bytes : numbers) } };
  },
  'llama.cpp': ({ input }: ProviderRequest): ProviderAnswer => {
    if (input.some((text) => text.length > 1_600))
      return {
        status: 500,
        body: { error: { code: 500, message: 'input is too large to process.', type: 'server_error' } },
      };
    return { body: data(input, numbers) };
  },
  FastAPI: ({ input }: ProviderRequest): ProviderAnswer => {
    if (input.some((text) => text.length > 1_600))
      return { status: 422, body: { detail: 'Input is too long for this model.' } };
    return { body: data(input, numbers) };
  },
  'an endpoint with a small batch': ({ input }: ProviderRequest): ProviderAnswer => {
    if (input.length > 32)
      return {
        status: 422,
        body: { error: 'batch size 100 > maximum allowed batch size 32', error_type: 'Validation' },
      };
    const cut = input.map((text) => text.slice(0, 1_600));
    return { body: data(cut, numbers) };
  },
} satisfies Record<string, (asked: ProviderRequest) => ProviderAnswer>;

describe.each(Object.entries(PROVIDERS))('%s', (name, answer) => {
  it('embeds every title, long ones by their beginning', async () => {
    const { context, counts } = await run(answer);
    expect(await counts).toMatchObject({ embedded: TITLES, failed: 0, activated: 1 });
    expect((await counts).truncated).toBe(name.startsWith('an endpoint') ? 0 : 69);
    expect('tokens' in (await counts)).toBe(name === 'OpenAI');
    expect(context.record.failures).toEqual([]);
  });
});

describe('an answer that is none', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['a list', []],
    ['an empty object', {}],
    ['data that is null', { data: null }],
    ['data of nulls', { data: [null] }],
    ['no vectors', { data: [] }],
    ['an index that is text', { data: [{ index: '0', embedding: [1] }] }],
    ['a negative index', { data: [{ index: -1, embedding: [1] }] }],
    ['a vector that is a number', { data: [{ index: 0, embedding: 1 }] }],
    ['a vector of vectors', { data: [{ index: 0, embedding: [[1, 2]] }] }],
    ['text that is cut off', '{"data":[{"index":0,"embedding":[0.1,'],
    ['nothing', ''],
    ['numbers without end', '{"data":[{"index":0,"embedding":[1e999]}]}'],
  ])('such as %s ends the run with a typed error and leaves nothing half done', async (_, body) => {
    const { counts } = await run(() => ({ body }));
    await expect(counts).rejects.toMatchObject({
      code: 'PROVIDER_BAD_ANSWER',
      retryable: false,
      remedy: expect.any(String),
    });
    expect((await embeddedHashes(db, 'some-model')).size).toBe(0);
  });

  it('such as vectors of another length in a later batch stops the run and keeps those before', async () => {
    const { counts } = await run(({ input }, request) => vectorsFor(input, request === 1 ? 4 : 5));
    await expect(counts).rejects.toMatchObject({ code: 'PROVIDER_BAD_ANSWER' });
    const stored = await db.rows(sql`select distinct vector_dims(vector) as dimensions from embeddings`);
    expect(stored.length).toBe(1);
  });
});

it('a model that Ollama has not pulled stops the run at once and says how to get it', async () => {
  const { counts } = await run(() => ({
    status: 404,
    body: { error: { message: 'model "some-model" not found, try pulling it first', type: 'api_error' } },
  }));
  await expect(counts).rejects.toMatchObject({
    code: 'PROVIDER_REFUSED',
    remedy: expect.stringContaining('ollama pull some-model'),
  });
  expect(provider?.requests.length).toBeLessThanOrEqual(2);
});
