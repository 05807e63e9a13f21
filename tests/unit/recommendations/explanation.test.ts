import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../drizzle/tables/recommendations.ts';
import { enumerate, explain, sentence } from '../../../src/recommendations/explanation.ts';

const NAMES = ['Dark', 'S.W.A.T.', 'Love, Death'];
const facts = { nameOf: (id: number) => NAMES[id - 1], rating: 8.25, year: 2026, seed: 0 };
const similar = (titleId: number, traits?: string[]): Evidence => ({
  kind: 'SIMILAR_TO_WATCHED',
  titleId,
  weight: 1,
  ...(traits && { traits }),
});

describe('explain', () => {
  it.each<[Evidence, string]>([
    [{ kind: 'WELL_RATED', weight: 1 }, 'Rated 8.3 of 10.'],
    [{ kind: 'FRESH', weight: 1 }, 'New in 2026.'],
    [{ kind: 'VIEWERS_LIKE_YOU', count: 3, weight: 1 }, '3 viewers with a history like yours watched it.'],
    [{ kind: 'POPULAR', count: 4, weight: 1 }, '4 others here have watched it.'],
    [{ kind: 'POPULAR', weight: 1 }, 'It is widely known.'],
    [{ kind: 'SHARED_TRAITS', traits: ['heist', 'Rome'], weight: 1 }, 'You watch a lot of heist and Rome.'],
    [similar(1), 'Because you watched Dark.'],
    [similar(1, ['crime']), 'Because you watched Dark: crime.'],
    [similar(2), 'Because you watched S.W.A.T.'],
  ])('words %o', (evidence, words) => {
    expect(explain([evidence], facts)).toBe(words);
  });

  it.each([0, 1, 2, 3, 4, 5])('has correct grammar for one, two and three names with seed %i', (seed) => {
    for (const traits of [[], ['crime'], ['crime', 'murder'], ['crime', 'murder', 'Rome']])
      for (const count of [1, 2, 3]) {
        const evidence = [1, 2, 3].slice(0, count).map((id) => similar(id, traits));
        const text = explain(evidence, { ...facts, seed, nameOf: (id) => `T${id}` }) ?? '';
        expect(text).toContain(['T1', 'T1 and T2', 'T1, T2 and T3'][count - 1]);
        if (traits.length > 0) expect(text).toContain(enumerate(traits));
        if (count === 1) expect(text).not.toMatch(/\bthem\b/);
        else expect(text).not.toMatch(/this is like it|with it\b/);
        expect(text).toMatch(/^[A-Z].*[^.]\.$/);
        expect(text).not.toMatch(/undefined|null|: \.| {2}/);
      }
  });

  it('varies its words with the seed, and says the same for the same one', () => {
    const texts = [0, 1, 2, 3].map((seed) => explain([similar(1)], { ...facts, seed }));
    expect(new Set(texts).size).toBe(3);
    expect(texts[3]).toBe(texts[0]);
  });

  it('never counts fewer than two viewers', () => {
    expect(explain([{ kind: 'VIEWERS_LIKE_YOU', count: 1, weight: 1 }], facts)).toBeNull();
    expect(explain([{ kind: 'VIEWERS_LIKE_YOU', weight: 1 }], facts)).toBeNull();
  });

  it('says at most three sentences, and nothing without evidence', () => {
    const evidence: Evidence[] = [
      similar(1),
      { kind: 'SHARED_TRAITS', traits: ['crime'], weight: 1 },
      { kind: 'WELL_RATED', weight: 1 },
      { kind: 'FRESH', weight: 1 },
    ];
    expect(explain(evidence, facts)).toBe(
      'Because you watched Dark. You watch a lot of crime. Rated 8.3 of 10.',
    );
    expect(explain([], facts)).toBeNull();
  });

  it('leaves out a title whose name is not known, and a rating that is not', () => {
    expect(explain([similar(9)], facts)).toBeNull();
    expect(explain([{ kind: 'WELL_RATED', weight: 1 }], { ...facts, rating: null })).toBeNull();
    expect(explain([{ kind: 'SHARED_TRAITS', traits: [], weight: 1 }], facts)).toBeNull();
  });
});

describe('enumerate', () => {
  it('keeps names apart that hold a comma or an "and"', () => {
    expect(enumerate(['Love, Death', 'Dark and Light', 'Fargo'])).toBe(
      '“Love, Death”, “Dark and Light” and Fargo',
    );
    expect(enumerate([])).toBe('');
  });
});

describe('sentence', () => {
  it('never ends with two full stops', () => {
    expect([sentence('One'), sentence('S.W.A.T.'), sentence('Who?')]).toEqual(['One.', 'S.W.A.T.', 'Who?']);
  });
});
