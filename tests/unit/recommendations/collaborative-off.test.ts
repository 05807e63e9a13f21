import { describe, expect, it } from 'vitest';
import { buildAudience, viewerTaste } from '../../../src/recommendations/audience.ts';
import { pickEvidence } from '../../../src/recommendations/evidence.ts';
import { measureFeatures } from '../../../src/recommendations/features.ts';
import { rowsById } from '../../../src/recommendations/library.ts';
import { scoreTitles } from '../../../src/recommendations/score-titles.ts';
import { atOnce } from '../../../src/recommendations/steps.ts';
import type { ViewerFacts } from '../../../src/recommendations/viewer-facts.ts';
import { tastesOf } from '../../../src/recommendations/viewer-tastes.ts';
import type { TitleFeedback } from '../../../src/taste/feedback.ts';
import { libraryOf, mixedTitles, plainProfile } from '../../support/scorable-titles.ts';

const OFF = { collaborative: false };

/** Viewers 1, 2, 3... of whom each rated a title highly. */
function factsOf(viewers: number, unshared: readonly number[] = []): ViewerFacts {
  const feedback = new Map<number, TitleFeedback[]>();
  for (let id = 1; id <= viewers; id += 1) feedback.set(id, [liked((id % 10) + 1)]);
  return { states: new Map(), feedback, unshared: new Set(unshared), shown: new Map(), ratings: new Map() };
}

function liked(titleId: number): TitleFeedback {
  return {
    titleId,
    rating: 10,
    dismissedAt: null,
    snoozedUntil: null,
    serverRating: null,
    serverLikes: null,
    serverFavorite: false,
  };
}

const ALIKE = [
  [1, 5],
  [1, 5, 7],
  [1, 5, 7],
  [2, 6],
  [6, 8],
];

async function scored(histories: readonly (readonly number[])[], options: { collaborative: boolean }) {
  const library = await libraryOf(mixedTitles());
  const tastes = histories.map((ids) => viewerTaste(library, plainProfile(...ids)));
  const [viewer = viewerTaste(library, [])] = tastes;
  const audience = atOnce(buildAudience(library, tastes, options));
  return { library, viewer, audience, result: scoreTitles(library, audience, viewer, 2026) };
}

describe('who is counted without the collaborative part', () => {
  const sharedBy = (viewers: number, unshared: readonly number[] = [], options = OFF) =>
    tastesOf({ rowOf: rowsById(mixedTitles()) }, factsOf(viewers, unshared), options).shared.map(
      ([id]) => id,
    );

  it('are those who share their history, where they are at least five', () => {
    expect(sharedBy(5)).toEqual([1, 2, 3, 4, 5]);
    expect(sharedBy(6, [2])).toEqual([1, 3, 4, 5, 6]);
  });

  it('is nobody where fewer share, whoever else there is', () => {
    expect(sharedBy(4)).toEqual([]);
    expect(sharedBy(6, [1, 2])).toEqual([]);
    expect(sharedBy(4, [], { collaborative: true })).toEqual([1, 2, 3, 4]);
  });

  it('does not count viewers who like nothing', () => {
    const facts = factsOf(5);
    const feedback = new Map(facts.feedback).set(5, []);
    const library = { rowOf: rowsById(mixedTitles()) };
    expect(tastesOf(library, { ...facts, feedback }, OFF).shared).toEqual([]);
  });
});

describe('scores without the collaborative part', () => {
  it('know how many watched a title, and nothing of neighbours and peers', async () => {
    const { library, viewer, audience, result } = await scored(ALIKE, OFF);
    const features = measureFeatures(library, audience, viewer, 2026);
    expect(features.viewers?.[library.rowOf.get(7) ?? -1]).toBeCloseTo(Math.log(3), 9);
    expect(features.neighbours).toBeUndefined();
    expect(features.neighboursRank).toBeUndefined();
    expect(features.peersByViewers?.every((value) => value === 0)).toBe(true);
    expect(result.bySignal.get('VIEWERS_LIKE_YOU')?.every((value) => value === 0)).toBe(true);
    const on = await scored(ALIKE, { collaborative: true });
    expect(on.result.bySignal.get('VIEWERS_LIKE_YOU')?.every((value) => value === 0)).toBe(false);
  });

  it('stay the same when others swap what they watched among them', async () => {
    const swapped = [
      [1, 5],
      [1, 5, 6],
      [1, 5, 8],
      [2, 7],
      [6, 7],
    ];
    const counts = async (histories: readonly (readonly number[])[]) =>
      (await scored(histories, OFF)).audience.watcherCounts;
    expect(await counts(swapped)).toEqual(await counts(ALIKE));
    const [before, after] = [await scored(ALIKE, OFF), await scored(swapped, OFF)];
    for (const [row, score] of before.result.scores.entries())
      expect(after.result.scores[row]).toBeCloseTo(score, 9);
  });

  it('have no reasons that name how many viewers are alike', async () => {
    const { library, viewer, audience, result } = await scored(ALIKE, OFF);
    const row = library.rowOf.get(7) ?? -1;
    const kinds = pickEvidence(library, audience, viewer, result, row, 2026).map(({ kind }) => kind);
    expect(kinds).not.toContain('VIEWERS_LIKE_YOU');
  });
});
