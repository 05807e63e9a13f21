import { describe, expect, it } from 'vitest';
import { isHiddenByParents, ratingValue } from '../../../src/recommendations/parental-control.ts';

const FREE = { maxParentalRating: null, blockUnrated: false, blockedTags: [], allowedTags: [] };
/** Of a server set to the United States; the values are its own. */
const RATINGS = new Map([
  ['tv-y', 0],
  ['tv-pg', 10],
  ['tv-14', 14],
  ['tv-ma', 17],
]);
const rated = (officialRating: string | null, tags: string[] = []) => ({ officialRating, tags });
const hidden = (
  title: { officialRating: string | null; tags: string[] },
  rules: Partial<Parameters<typeof isHiddenByParents>[1]>,
) => isHiddenByParents(title, { ...FREE, ...rules }, RATINGS);

// Rules: Jellyfin MediaBrowser.Controller/Entities/BaseItem.cs, IsParentalAllowed and IsVisibleViaTags.
describe('parental control', () => {
  it('hides nothing from a user without limits, whatever its rating', () => {
    for (const rating of ['TV-MA', 'unheard of', '', null]) expect(hidden(rated(rating), {})).toBe(false);
  });

  it('compares the value of a rating with the user’s: equal is allowed', () => {
    const limit = { maxParentalRating: 14 };
    expect(['TV-Y', 'TV-PG', 'TV-14', 'TV-MA'].map((rating) => hidden(rated(rating), limit))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('goes by the values of the server and by no others: the same name may stand for another age', () => {
    const elsewhere = new Map([['tv-14', 18]]);
    expect(isHiddenByParents(rated('TV-14'), { ...FREE, maxParentalRating: 14 }, elsewhere)).toBe(true);
  });

  it('shows what has no rating unless unrated series are blocked [Jellyfin Series.GetBlockUnratedValue]', () => {
    for (const rating of [null, '', '  ']) {
      expect(hidden(rated(rating), { maxParentalRating: 0 })).toBe(false);
      expect(hidden(rated(rating), { blockUnrated: true })).toBe(true);
    }
    expect(hidden(rated('TV-MA'), { blockUnrated: true })).toBe(false);
  });

  it('hides a rating that the server told no value of from everybody with a limit', () => {
    expect(hidden(rated('X-RATED-7'), { maxParentalRating: 17 })).toBe(true);
    expect(hidden(rated('X-RATED-7'), { blockUnrated: true })).toBe(true);
    expect(isHiddenByParents(rated('TV-Y'), { ...FREE, maxParentalRating: 17 }, new Map())).toBe(true);
  });

  it('hides what carries a blocked tag, in whichever case', () => {
    expect(hidden(rated('TV-Y', ['Scary Clowns']), { blockedTags: ['scary clowns'] })).toBe(true);
    expect(hidden(rated('TV-Y', ['clowns']), { blockedTags: ['scary clowns'] })).toBe(false);
  });

  it('hides all that carries none of the allowed tags; a blocked one still hides', () => {
    const rules = { allowedTags: ['Kids'], blockedTags: ['war'] };
    expect(hidden(rated('TV-Y'), rules)).toBe(true);
    expect(hidden(rated('TV-Y', ['kids']), rules)).toBe(false);
    expect(hidden(rated('TV-Y', ['kids', 'War']), rules)).toBe(true);
  });
});

describe('ratingValue', () => {
  it('finds a rating by name in any case, and one with its country before it', () => {
    expect(['tv-ma', ' TV-MA ', 'US:TV-MA', 'us-TV-MA'].map((name) => ratingValue(name, RATINGS))).toEqual([
      17, 17, 17, 17,
    ]);
  });

  it('prefers the whole name: a hyphen after two letters may belong to it', () => {
    const ratings = new Map([
      ['de-12', 12],
      ['12', 99],
    ]);
    expect(ratingValue('DE-12', ratings)).toBe(12);
    expect(ratingValue('gb-12', ratings)).toBe(99);
  });

  it('knows no other', () => {
    expect(ratingValue('PG', RATINGS)).toBeNull();
    expect(ratingValue('', RATINGS)).toBeNull();
  });
});
