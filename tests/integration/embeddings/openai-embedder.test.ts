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

  it('accepts a provider that counts no tokens', async () => {
    const data = [0, 1].map((index) => ({ index, embedding: [1, index] }));
    expect((await embed(() => ({ body: { data } }))).tokens).toBe(0);
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
