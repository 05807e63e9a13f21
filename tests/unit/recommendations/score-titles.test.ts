import { describe, expect, it } from 'vitest';
import { OFFLINE_MODEL } from '../../../src/embeddings/offline-embedder.ts';
import { buildAudience, viewerTaste } from '../../../src/recommendations/audience.ts';
import type { DenseVectors } from '../../../src/recommendations/dense-vectors.ts';
import { scoreParts, scoreTitles } from '../../../src/recommendations/score-titles.ts';
import {
  EMBEDDING_SCORER,
  LEXICAL_SCORER,
  OFFLINE_SCORER,
  scorerFor,
} from '../../../src/recommendations/weights.ts';
import {
  denseVectors,
  libraryOf,
  mixedTitles,
  plainProfile,
  scorableTitle,
} from '../../support/scorable-titles.ts';

const vectors = denseVectors(
  mixedTitles().map((title) =>
    title.genres.includes('Crime') ? [1, 0.1 * title.id, 0.2] : [0.1, 1, title.id],
  ),
);

async function score(
  titles = mixedTitles(),
  histories: readonly (readonly number[])[] = [[1, 2], [5], [1, 3]],
  embeddings: DenseVectors | null = null,
) {
  const library = await libraryOf(titles, embeddings);
  const tastes = histories.map((ids) => viewerTaste(library, plainProfile(...ids)));
  const audience = buildAudience(library, tastes);
  const [viewer = viewerTaste(library, [])] = tastes;
  const { weights } = scorerFor(embeddings && 'some-model');
  return { library, result: scoreTitles(library, audience, viewer, weights, 2026) };
}

describe('scoreTitles', () => {
  it.each([null, vectors])('adds up to its parts exactly', async (embeddings) => {
    const { library, result } = await score(mixedTitles(), [[1, 2], [5], [1, 3]], embeddings);
    for (let row = 0; row < library.titles.length; row += 1) {
      const sum = scoreParts(result, row).reduce((total, part) => total + part.contribution, 0);
      expect(sum).toBe(result.scores[row]);
      expect(Number.isFinite(sum)).toBe(true);
    }
  });

  it.each([null, vectors])('finds more of what was watched', async (embeddings) => {
    const content = async (id: number) => {
      const { result, library } = await score(mixedTitles(), [[1, 2]], embeddings);
      return result.bySignal.get('CONTENT')?.[library.rowOf.get(id) ?? -1] ?? Number.NaN;
    };
    expect(await content(3)).toBeGreaterThan(await content(6));
    expect(await content(4)).toBeGreaterThan(await content(9));
  });

  it('finds what viewers with the same history watched', async () => {
    const { library, result } = await score(mixedTitles(), [
      [1, 5],
      [1, 5, 7],
      [1, 5, 7],
      [2, 6],
    ]);
    const peers = (id: number) => result.bySignal.get('VIEWERS_LIKE_YOU')?.[library.rowOf.get(id) ?? -1] ?? 0;
    expect(peers(7)).toBeGreaterThan(peers(6));
    expect(peers(7)).toBeGreaterThan(peers(8));
  });

  it('ranks for a viewer without a history by what others watch and by rating, with no part for taste', async () => {
    const { library, result } = await score(mixedTitles(), [[], [3], [3, 4]]);
    expect(result.bySignal.get('CONTENT')?.every((value) => value === 0)).toBe(true);
    const of = (id: number) => result.scores[library.rowOf.get(id) ?? -1] ?? 0;
    expect(of(3)).toBeGreaterThan(of(1));
    expect(of(1)).not.toBe(of(9));
  });

  it('gives the same scores every time', async () => {
    expect((await score()).result.scores).toEqual((await score()).result.scores);
  });

  it('ignores titles that the library does not have', async () => {
    const known = await score(mixedTitles(), [[1, 2]]);
    expect((await score(mixedTitles(), [[1, 2, 999]])).result.scores).toEqual(known.result.scores);
  });

  it('scores one title, no title, and titles of which nothing is known', async () => {
    expect([...(await score([scorableTitle(1)], [[1]])).result.scores].every(Number.isFinite)).toBe(true);
    expect((await score([], [])).result.scores).toHaveLength(0);
    const unknown = [scorableTitle(1, { name: '' }), scorableTitle(2, { name: '' })];
    expect([...(await score(unknown, [[1]])).result.scores].every(Number.isFinite)).toBe(true);
  });

  it('survives zero vectors', async () => {
    const zeros = denseVectors(mixedTitles().map(() => [0, 0]));
    expect([...(await score(mixedTitles(), [[1]], zeros)).result.scores].every(Number.isFinite)).toBe(true);
  });

  it('counts an abandoned series against its like', async () => {
    const library = await libraryOf(mixedTitles(), vectors);
    const audience = buildAudience(library, []);
    const contentOf = (weight: number) => {
      const taste = viewerTaste(library, [
        { titleId: 1, weight, recency: 1 },
        { titleId: 5, weight: 1, recency: 1 },
      ]);
      const result = scoreTitles(library, audience, taste, EMBEDDING_SCORER.weights, 2026);
      return result.bySignal.get('CONTENT')?.[library.rowOf.get(3) ?? -1] ?? Number.NaN;
    };
    expect(contentOf(-0.5)).toBeLessThan(contentOf(1));
  });

  it('uses votes only where the library has some', async () => {
    const titles = mixedTitles().map((title) => ({ ...title, votes: title.id * 100 }));
    expect((await libraryOf(titles)).votes).not.toBeNull();
    expect((await libraryOf(mixedTitles())).votes).toBeNull();
  });

  it('takes the weights that fit the embedding model', () => {
    expect(scorerFor(null)).toBe(LEXICAL_SCORER);
    expect(scorerFor(OFFLINE_MODEL)).toBe(OFFLINE_SCORER);
    expect(scorerFor('some-model')).toBe(EMBEDDING_SCORER);
    const scorers = [LEXICAL_SCORER, OFFLINE_SCORER, EMBEDDING_SCORER];
    expect(new Set(scorers.map((scorer) => scorer.version)).size).toBe(3);
  });
});
