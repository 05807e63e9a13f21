import { describe, expect, it } from 'vitest';
import { buildAudience, viewerTaste } from '../../../src/recommendations/audience.ts';
import { pickTitles } from '../../../src/recommendations/pick-titles.ts';
import { DEFAULT_SELECTION } from '../../../src/recommendations/selection-settings.ts';
import { atOnce } from '../../../src/recommendations/steps.ts';

import { libraryOf, mixedTitles, plainProfile } from '../../support/scorable-titles.ts';

const library = await libraryOf(mixedTitles());

function pick(
  histories: readonly (readonly number[])[],
  pools: { firstTime: number[]; rewatch: number[] },
  withExplanations = true,
) {
  const tastes = histories.map((ids) => viewerTaste(library, plainProfile(...ids)));
  const [viewer = viewerTaste(library, [])] = tastes;
  return pickTitles(library, atOnce(buildAudience(library, tastes)), viewer, pools, {
    count: 5,
    selection: DEFAULT_SELECTION,
    exposures: new Map(),
    currentYear: 2026,
    withExplanations,
  });
}

describe('pickTitles', () => {
  it('says which watched titles a pick resembles, with weights on the scale of the score', () => {
    const picks = pick([[1, 2, 5]], { firstTime: [3, 4, 6, 7, 8, 9], rewatch: [] });
    const crime = picks.find((entry) => entry.titleId === 4);
    const similar = crime?.evidence.filter((entry) => entry.kind === 'SIMILAR_TO_WATCHED') ?? [];
    expect(similar.length).toBeGreaterThan(0);
    expect(similar.every((entry) => entry.titleId === 1 || entry.titleId === 2)).toBe(true);
    expect(similar[0]?.traits).toContain('murder');
    const content = crime?.parts.find((part) => part.signal === 'CONTENT')?.contribution ?? 0;
    const told = similar.reduce((sum, entry) => sum + entry.weight, 0);
    expect(told).toBeLessThanOrEqual(content + 1e-9);
    expect(crime?.explanation).toMatch(/Series \d( and Series \d)?.*murder/);
  });

  it('tells how many viewers, and never of a single one', () => {
    const viewersOf = (histories: readonly (readonly number[])[]) =>
      pick(histories, { firstTime: [7, 8], rewatch: [] })
        .find((entry) => entry.titleId === 7)
        ?.evidence.find((entry) => entry.kind === 'VIEWERS_LIKE_YOU')?.count;
    expect(viewersOf([[1, 5], [1, 5, 7], [1, 5, 7], [2]])).toBe(2);
    expect(viewersOf([[1, 5], [1, 5, 7], [2]])).toBeUndefined();
  });

  it('tells a viewer without a history what is popular, by a count of two and more', () => {
    const popularOf = (histories: readonly (readonly number[])[]) =>
      pick([[], ...histories], { firstTime: [7, 8], rewatch: [] })
        .find((entry) => entry.titleId === 7)
        ?.evidence.find((entry) => entry.kind === 'POPULAR')?.count;
    expect(
      popularOf([
        [1, 7],
        [2, 7],
        [3, 7],
      ]),
    ).toBe(3);
    expect(popularOf([[1, 7], [2]])).toBeUndefined();
  });

  it('never gives two counts of viewers for one title', () => {
    const histories = [
      [1, 5],
      [1, 5, 7],
      [1, 5, 7],
      [2, 7],
      [3, 7],
    ];
    for (const { evidence } of pick(histories, { firstTime: [6, 7, 8], rewatch: [] }))
      expect(evidence.filter(({ count }) => count !== undefined).length).toBeLessThan(2);
  });

  it('puts titles to watch again last, two at most, and marks them', () => {
    const picks = pick([[1, 2, 3, 5]], { firstTime: [6, 7], rewatch: [1, 2, 3] });
    expect(picks.map((entry) => entry.isRewatch)).toEqual([false, false, true, true]);
  });

  it('never names the title itself as what it resembles', () => {
    const picks = pick([[1, 2]], { firstTime: [], rewatch: [1] });
    expect(picks[0]?.evidence.some((entry) => entry.titleId === 1)).toBe(false);
  });

  it('explains nothing when told not to', () => {
    const picks = pick([[1, 2]], { firstTime: [3, 6], rewatch: [] }, false);
    expect(picks.map((entry) => entry.explanation)).toEqual([null, null]);
    expect(picks[0]?.evidence.length).toBeGreaterThan(0);
  });

  it('picks nothing when everything was watched', () => {
    expect(pick([[1, 2]], { firstTime: [], rewatch: [] })).toEqual([]);
  });

  it('picks for a viewer without a history, without evidence of taste', () => {
    const picks = pick([[], [1]], { firstTime: [1, 5, 9], rewatch: [] });
    expect(picks).toHaveLength(3);
    const kinds = picks.flatMap((entry) => entry.evidence.map((evidence) => evidence.kind));
    expect(kinds.some((kind) => kind === 'SIMILAR_TO_WATCHED' || kind === 'SHARED_TRAITS')).toBe(false);
  });
});
