import { describe, expect, it } from 'vitest';
import { embeddingText } from '../../../src/embeddings/embedding-text.ts';
import { createOfflineEmbedder, lexicalVector } from '../../../src/embeddings/offline-embedder.ts';

const text = (name: string, overview: string | null, genres: string[], keywords: string[] = []) =>
  embeddingText({ name, year: 2015, overview, genres, keywords, networks: [] });
const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, d) => sum + value * (b[d] ?? 0), 0);

describe('offline embedder', () => {
  it('answers unit vectors of its dimension, the same for the same text', async () => {
    const embedder = createOfflineEmbedder();
    const answer = await embedder.embed(
      [text('A', 'A chef cooks.', ['Drama'])],
      new AbortController().signal,
    );
    const again = lexicalVector(text('A', 'A chef cooks.', ['Drama']));
    expect(answer.vectors[0]).toEqual(again);
    expect(again).toHaveLength(embedder.dimensions ?? 0);
    expect(Math.hypot(...again)).toBeCloseTo(1, 5);
  });

  it('places series with shared words and genres nearer than others', () => {
    const drugs = lexicalVector(
      text('One', 'A teacher cooks drugs for a cartel.', ['Crime', 'Drama'], ['cartel']),
    );
    const cartel = lexicalVector(
      text('Two', 'A lawyer works for a drug cartel.', ['Crime', 'Drama'], ['cartel']),
    );
    const baking = lexicalVector(
      text('Three', 'Amateur bakers compete in a tent.', ['Reality'], ['competition']),
    );
    expect(cosine(drugs, cartel)).toBeGreaterThan(0.4);
    expect(Math.abs(cosine(drugs, baking))).toBeLessThan(0.2);
  });

  it('answers a unit vector even for a text without any word', () => {
    expect(Math.hypot(...lexicalVector('Title: !!!'))).toBeCloseTo(1, 5);
    expect(Math.hypot(...lexicalVector('?'))).toBeCloseTo(1, 5);
  });

  it('stops when it is told to', async () => {
    await expect(createOfflineEmbedder().embed(['Title: A'], AbortSignal.abort())).rejects.toThrow();
  });
});
