import { afterEach, describe, expect, it } from 'vitest';
import { createOpenAiEmbedder } from '../../../src/embeddings/openai-embedder.ts';
import {
  type EmbeddingProvider,
  type ProviderAnswer,
  type ProviderRequest,
  refusal,
  startEmbeddingProvider,
  vectorsFor,
} from '../../support/embedding-provider.ts';

const KEY = 'secret-key-0123456789';
let provider: EmbeddingProvider;

afterEach(() => provider.close());

async function embed(
  answer: (asked: ProviderRequest, request: number) => ProviderAnswer | Promise<ProviderAnswer>,
  signal = new AbortController().signal,
) {
  provider = await startEmbeddingProvider(answer);
  const embedder = createOpenAiEmbedder({ apiKey: KEY, baseUrl: provider.url });
  return embedder.embed(['Title: One', 'Title: Two'], signal);
}

describe('OpenAI embedder', () => {
  it('sends model, texts and key, and gives unit vectors in the order of the texts', async () => {
    const answer = await embed(() => ({
      body: {
        data: [
          { index: 1, embedding: [0, 2] },
          { index: 0, embedding: [3, 4] },
        ],
        usage: { total_tokens: 12 },
      },
    }));
    expect(answer.vectors.map((vector) => Array.from(vector, (value) => Number(value.toFixed(4))))).toEqual([
      [0.6, 0.8],
      [0, 1],
    ]);
    expect(answer.tokens).toBe(12);
    expect(provider.requests[0]).toMatchObject({
      model: 'text-embedding-3-small',
      input: ['Title: One', 'Title: Two'],
      headers: { authorization: `Bearer ${KEY}` },
    });
  });

  it.each([
    ['no usage', {}],
    ['a usage of nothing', { usage: { prompt_tokens: 0, total_tokens: 0 } }],
  ])('takes %s for tokens that are not known', async (_, usage) => {
    const data = [0, 1].map((index) => ({ index, embedding: [1, index] }));
    expect((await embed(() => ({ body: { data, ...usage } }))).tokens).toBeNull();
  });

  it('asks for bytes and reads them', async () => {
    const bytes = (...numbers: number[]) => Buffer.from(Float32Array.from(numbers).buffer).toString('base64');
    const answer = await embed(() => ({
      body: { data: [bytes(3, 4), bytes(0, -2)].map((embedding, index) => ({ index, embedding })) },
    }));
    expect(provider.requests[0]?.format).toBe('base64');
    expect(answer.vectors.map((vector) => Array.from(vector, (value) => Number(value.toFixed(4))))).toEqual([
      [0.6, 0.8],
      [0, -1],
    ]);
  });

  it('asks a provider that knows no bytes for numbers, and remembers it', async () => {
    provider = await startEmbeddingProvider(({ input, format }) =>
      format === 'base64' ? refusal(400, 'encoding_format must be float') : vectorsFor(input),
    );
    const embedder = createOpenAiEmbedder({ apiKey: KEY, baseUrl: provider.url });
    const { signal } = new AbortController();
    await embedder.embed(['Title: One'], signal);
    await embedder.embed(['Title: Two'], signal);
    expect(provider.requests.map(({ format }) => format)).toEqual(['base64', 'float', 'float']);
  });

  it('asks again for numbers each of several calls that it asked for bytes at the same time', async () => {
    provider = await startEmbeddingProvider(({ input, format }) =>
      format === 'base64' ? refusal(400, 'encoding_format must be float') : vectorsFor(input),
    );
    const embedder = createOpenAiEmbedder({ apiKey: KEY, baseUrl: provider.url });
    const { signal } = new AbortController();
    const answers = await Promise.all(
      ['One', 'Two'].map((name) => embedder.embed([`Title: ${name}`], signal)),
    );
    expect(answers.map(({ vectors }) => vectors.length)).toEqual([1, 1]);
  });

  it('refuses two vectors for one text, and takes those of an endpoint that numbers none in their order', async () => {
    const numbered = (indexes: readonly number[]) =>
      embed(() => ({ body: { data: indexes.map((index, d) => ({ index, embedding: [d, 1 - d] })) } }));
    await expect(numbered([1, 1])).rejects.toMatchObject({
      code: 'PROVIDER_BAD_ANSWER',
      message: expect.stringContaining('two vectors for one text'),
    });
    await provider.close();
    expect((await numbered([0, 0])).vectors.map((vector) => [...vector])).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it.each([
    ['bytes that are cut off', 'AAAAAAA='],
    ['bytes of no number', Buffer.from(Float32Array.from([1, Number.NaN]).buffer).toString('base64')],
    ['no bytes', ''],
  ])('refuses %s', async (_, embedding) => {
    const data = [0, 1].map((index) => ({ index, embedding }));
    await expect(embed(() => ({ body: { data } }))).rejects.toMatchObject({ code: 'PROVIDER_BAD_ANSWER' });
  });

  it('holds all calls back for as long as the provider asks one of them to wait', async () => {
    let refusedAt = 0;
    provider = await startEmbeddingProvider(({ input }, request) => {
      if (request > 1) return vectorsFor(input);
      refusedAt = Date.now();
      return refusal(429, 'slow down', { 'retry-after': '0.5' });
    });
    const embedder = createOpenAiEmbedder({ apiKey: KEY, baseUrl: provider.url });
    const { signal } = new AbortController();
    const first = embedder.embed(['Title: One'], signal);
    await expect.poll(() => refusedAt).toBeGreaterThan(0);
    // Its answer has to arrive before the next call can know of it.
    await expect.poll(() => Date.now() - refusedAt).toBeGreaterThan(100);
    await embedder.embed(['Title: Two'], signal);
    expect(Date.now() - refusedAt).toBeGreaterThanOrEqual(499);
    await first;
  });

  it('knows the prices of OpenAI, believes the operator, and guesses nothing', () => {
    const priceOf = (options: object) =>
      createOpenAiEmbedder({ apiKey: KEY, ...options }).pricePerMillionTokens;
    expect(priceOf({})).toBe(0.02);
    expect(priceOf({ model: 'text-embedding-3-large', dimensions: 256 })).toBe(0.13);
    expect(priceOf({ model: 'text-embedding-9' })).toBeNull();
    expect(priceOf({ baseUrl: 'http://127.0.0.1:11434/v1' })).toBeNull();
    expect(priceOf({ baseUrl: 'http://127.0.0.1:11434/v1', pricePerMillionTokens: 0 })).toBe(0);
  });

  it('embeds with another model of the same provider, whose length stands in its stored name', async () => {
    provider = await startEmbeddingProvider(({ input }) => vectorsFor(input, 3));
    const embedder = createOpenAiEmbedder({ apiKey: KEY, baseUrl: provider.url, dimensions: 4 });
    const other = embedder.withModel('large@3');
    expect(other).toMatchObject({ model: 'large@3', dimensions: 3, provider: embedder.provider });
    await other?.embed(['Title: One'], new AbortController().signal);
    expect(provider.requests[0]?.model).toBe('large');
    expect(embedder.withModel('plain')).toMatchObject({ model: 'plain', dimensions: null });
  });

  it('refuses fewer vectors than texts', async () => {
    await expect(embed(() => ({ body: { data: [{ index: 0, embedding: [1, 0] }] } }))).rejects.toMatchObject({
      code: 'PROVIDER_BAD_ANSWER',
      message: expect.stringContaining('1 vectors for 2 texts'),
    });
    expect(provider.requests).toHaveLength(1);
  });

  it.each([
    ['zero vectors', { data: [0, 1].map((index) => ({ index, embedding: [0, 0] })) }],
    ['parts that are null', { data: [0, 1].map((index) => ({ index, embedding: [1, null] })) }],
    ['mixed dimensions', { data: [0, 1].map((index) => ({ index, embedding: index ? [1] : [1, 2] })) }],
    ['no vectors at all', { ok: true }],
    ['a page of a web server', '<html>Welcome</html>'],
  ])('refuses %s', async (_, body) => {
    await expect(embed(() => ({ body }))).rejects.toMatchObject({
      code: 'PROVIDER_BAD_ANSWER',
      retryable: false,
    });
  });

  it('gives up at once on a bad key, and does not repeat the key', async () => {
    const failure = await embed(() => refusal(401, `Incorrect API key provided: ${KEY}.`)).catch(
      (error) => error,
    );
    expect(failure).toMatchObject({
      code: 'PROVIDER_REFUSED',
      field: 'OPENAI_API_KEY',
      remedy: expect.any(String),
    });
    expect(failure.message).not.toContain(KEY);
    expect(provider.requests).toHaveLength(1);
  });

  it('names the model that the provider does not know', async () => {
    await expect(embed(() => refusal(404, 'no such model'))).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
      field: 'EMBEDDING_MODEL',
      value: 'text-embedding-3-small',
    });
  });

  it('waits as long as the provider asks and tries again', async () => {
    const answer = await embed(({ input }, request) =>
      request === 1 ? refusal(429, 'slow down', { 'retry-after': '0.05' }) : vectorsFor(input),
    );
    expect(answer.vectors).toHaveLength(2);
    expect(provider.requests).toHaveLength(2);
  });

  it('does not wait for minutes, but says when to come back', async () => {
    await expect(embed(() => refusal(429, 'later', { 'retry-after': '3600' }))).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
      retryable: true,
      retryAfterMs: 3_600_000,
    });
    expect(provider.requests).toHaveLength(1);
  });

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const pending = embed(() => {
      setImmediate(() => stop.abort());
      return refusal(503, 'starting', { 'retry-after': '20' });
    }, stop.signal);
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('ends an open call when it is told to', async () => {
    const stop = new AbortController();
    const pending = embed(() => {
      stop.abort();
      return new Promise(() => {});
    }, stop.signal);
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
  });
});
