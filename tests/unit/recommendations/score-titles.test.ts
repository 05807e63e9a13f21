import { describe, expect, it } from 'vitest';
import { buildAudience, NO_TASTE, viewerTaste } from '../../../src/recommendations/audience.ts';
import type { DenseVectors } from '../../../src/recommendations/dense-vectors.ts';
import { measureFeatures } from '../../../src/recommendations/features.ts';
import {
  chanceOf,
  SIGNAL_NAMES,
  scoreParts,
  scoreTitles,
} from '../../../src/recommendations/score-titles.ts';
import { parseScorerModel, SHIPPED_SCORER } from '../../../src/recommendations/scorer-model.ts';
import { atOnce } from '../../../src/recommendations/steps.ts';
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
  const audience = atOnce(buildAudience(library, tastes));
  const [viewer = viewerTaste(library, [])] = tastes;
  return { library, result: scoreTitles(library, audience, viewer, 2026) };
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
    const audience = atOnce(buildAudience(library, []));
    const contentOf = (weight: number) => {
      const taste = viewerTaste(library, [
        { titleId: 1, weight, recency: 1 },
        { titleId: 5, weight: 1, recency: 1 },
      ]);
      const result = scoreTitles(library, audience, taste, 2026);
      return result.bySignal.get('CONTENT')?.[library.rowOf.get(3) ?? -1] ?? Number.NaN;
    };
    expect(contentOf(-0.5)).toBeLessThan(contentOf(1));
  });

  it('uses votes only where the library has some', async () => {
    const titles = mixedTitles().map((title) => ({ ...title, votes: title.id * 100 }));
    expect((await libraryOf(titles)).votes).not.toBeNull();
    expect((await libraryOf(mixedTitles())).votes).toBeNull();
  });

  it('contributes nothing of other viewers where nobody else counts', async () => {
    const { result } = await score(mixedTitles(), [[1, 2]]);
    const library = await libraryOf(mixedTitles());
    const taste = viewerTaste(library, plainProfile(1, 2));
    const alone = scoreTitles(library, atOnce(buildAudience(library, [])), taste, 2026);
    expect(alone.bySignal.get('VIEWERS_LIKE_YOU')?.every((value) => value === 0)).toBe(true);
    expect([...result.bySignal.keys()]).toEqual([...SIGNAL_NAMES, 'BASE']);
  });

  it('says the same of titles that nothing tells apart', async () => {
    const titles = [1, 2, 3, 4].map((id) =>
      scorableTitle(id, { name: 'Same', overview: 'Same words.', rating: 5 }),
    );
    const { result } = await score(titles, [[1]]);
    expect(result.scores[1]).toBe(result.scores[2]);
    expect(result.scores[2]).toBe(result.scores[3]);
  });

  it('offers a viewer without a history what others watched most, then what is well rated', async () => {
    const titles = [4, 9, 6, 5].map((rating, at) =>
      scorableTitle(at + 1, { name: `Show ${at + 1}`, overview: `Words ${at}.`, rating }),
    );
    const library = await libraryOf(titles);
    const others = [[1], [1], [1, 3]].map((ids) => viewerTaste(library, plainProfile(...ids)));
    const { scores, bySignal } = scoreTitles(library, atOnce(buildAudience(library, others)), NO_TASTE, 2026);
    const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    expect(order.map((row) => library.titles[row]?.id)).toEqual([1, 3, 2, 4]);
    expect(bySignal.get('FRESHNESS')?.every((value) => value === 0)).toBe(true);
  });

  it('scores when everything was watched', async () => {
    const { result } = await score(mixedTitles(), [mixedTitles().map((title) => title.id)], vectors);
    expect([...result.scores].every(Number.isFinite)).toBe(true);
  });

  it('takes vectors with NaN for no vectors', async () => {
    const broken = denseVectors(mixedTitles().map(({ id }) => (id === 3 ? [Number.NaN, 1] : [id, 1])));
    expect([...(await score(mixedTitles(), [[1, 3]], broken)).result.scores].every(Number.isFinite)).toBe(
      true,
    );
  });

  it('says chances between 0 and 1, higher for better titles', () => {
    expect(chanceOf(0)).toBe(0.5);
    expect(chanceOf(-800)).toBe(0);
    expect(chanceOf(-2)).toBeLessThan(chanceOf(-1));
  });

  it('counts watchers on a server of more than 200 viewers as their share of 200', async () => {
    const library = await libraryOf(mixedTitles());
    const viewersOf = (count: number) => {
      const histories = Array.from({ length: count }, (_, index) => (index % 2 === 0 ? [1, 2] : [2, 5]));
      const tastes = histories.map((ids) => viewerTaste(library, plainProfile(...ids)));
      const [viewer = viewerTaste(library, [])] = tastes;
      return measureFeatures(library, atOnce(buildAudience(library, tastes)), viewer, 2026);
    };
    const [some, many] = [viewersOf(200), viewersOf(600)];
    const row = library.rowOf.get(5) ?? -1;
    expect(some.viewers?.[row]).toBeCloseTo(Math.log(101), 9);
    expect(many.viewers?.[row]).toBeCloseTo(Math.log(101), 9);
    expect(many.neighbours?.[row]).toBeCloseTo(some.neighbours?.[row] ?? Number.NaN, 1);
  });

  it('sets the base by the titles that were not begun', async () => {
    const library = await libraryOf(mixedTitles());
    const taste = viewerTaste(library, plainProfile(1, 2, 3));
    const model = parseScorerModel({ ...SHIPPED_SCORER, trees: [] });
    const audience = atOnce(buildAudience(library, [taste]));
    const { bySignal, scores } = scoreTitles(library, audience, taste, 2026, undefined, model);
    const base = bySignal.get('BASE')?.[0] ?? Number.NaN;
    const open = library.titles.flatMap(({ id }, row) => (id <= 3 ? [] : [(scores[row] ?? 0) - base]));
    const spread = Math.log(open.reduce((sum, total) => sum + Math.exp(total), 0) / open.length);
    const { constant, spread: weight, logTitles, logHistory } = SHIPPED_SCORER.base;
    const said = constant + weight * spread + logTitles * Math.log(10) + logHistory * Math.log(4);
    expect(base).toBeCloseTo(said, 9);
  });

  it('refuses a model that is none', () => {
    expect(() => parseScorerModel({})).toThrow();
    const [tree] = SHIPPED_SCORER.trees;
    const trees = [{ ...tree, inputs: ['votes'], thresholds: [1], leaves: [1], covers: [1, 1] }];
    expect(() => parseScorerModel({ ...SHIPPED_SCORER, trees })).toThrow();
  });
});
