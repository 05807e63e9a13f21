import { describe, expect, it } from 'vitest';
import {
  bestMatch,
  isPlausible,
  type MatchCandidate,
  MIN_CONFIDENCE,
  searchTerms,
} from '../../../src/enrichment/match-title.ts';
import type { TitleIdentity } from '../../../src/enrichment/metadata-source.ts';

const title = (
  name: string,
  year: number | null = null,
  originalName: string | null = null,
): TitleIdentity => ({
  id: 1,
  name,
  originalName,
  year,
  tvdbId: null,
  tmdbId: null,
  imdbId: null,
});
const hit = (id: string, year: number | null, ...names: string[]): MatchCandidate => ({ id, year, names });

describe('a title', () => {
  it.each([
    ['an equal name and year', title('Dark', 2017), hit('1', 2017, 'Dark'), 1],
    [
      'another way to write the name',
      title('Marvel’s M.O.D.O.K.', 2021),
      hit('1', 2021, "Marvel's M O D O K"),
      1,
    ],
    [
      'its original name',
      title('Haus des Geldes', 2017, 'La casa de papel'),
      hit('1', 2017, 'Money Heist', 'La Casa de Papel'),
      1,
    ],
    ['a year that is one apart', title('Dark', 2017), hit('1', 2018, 'Dark'), 0.9],
    ['a country in brackets', title('The Office (US)', 2005), hit('1', 2005, 'The Office'), 0.95],
    ['a year in brackets', title('Castle (2009)'), hit('1', 2009, 'Castle'), 1],
    ['a name of which nobody knows the year', title('Dark'), hit('1', 2017, 'Dark'), 0.85],
  ])('is recognised by %s', (_what, own, candidate, confidence) => {
    expect(bestMatch(own, [candidate])?.confidence).toBeCloseTo(confidence);
    expect(confidence).toBeGreaterThanOrEqual(MIN_CONFIDENCE);
  });

  it.each([
    [
      'the same name years later',
      title('Battlestar Galactica', 1978),
      hit('1', 2004, 'Battlestar Galactica'),
    ],
    ['two years apart', title('Dark', 2017), hit('1', 2019, 'Dark')],
    ['a spin-off', title('Love Island', 2015), hit('1', 2015, 'Love Island USA')],
    ['a plural', title('The Bridge', 2011), hit('1', 2011, 'The Bridges')],
    ['another country in brackets', title('The Office (US)', 2005), hit('1', 2005, 'The Office (UK)')],
    ['a name of other letters altogether', title('進撃の巨人', 2013), hit('1', 2013, 'Attack on Titan')],
    ['punctuation only', title('???', 2013), hit('1', 2013, '!!!')],
  ])('is not taken for %s', (_what, own, candidate) => {
    expect(bestMatch(own, [candidate])?.confidence).toBeLessThan(MIN_CONFIDENCE);
  });

  it('is the one of two equal names whose year fits, and neither when no year tells them apart', () => {
    const [old, recent] = [
      hit('501', 1978, 'Battlestar Galactica'),
      hit('1972', 2004, 'Battlestar Galactica'),
    ];
    expect(bestMatch(title('Battlestar Galactica', 2004), [old, recent])).toMatchObject({
      candidate: { id: '1972' },
      confidence: 1,
    });
    expect(bestMatch(title('Battlestar Galactica'), [old, recent])?.confidence).toBeLessThan(MIN_CONFIDENCE);
  });

  it('is not made ambiguous by a hit that is listed twice', () => {
    const once = hit('1', 2017, 'Dark');
    expect(bestMatch(title('Dark', 2017), [once, once])?.confidence).toBe(1);
    expect(bestMatch(title('Dark', 2017), [])).toBeNull();
  });

  it('is searched for without the year in its name', () => {
    expect(searchTerms(title('Castle (2009)'))).toEqual({ name: 'Castle', year: 2009 });
    expect(searchTerms(title('1923', 2022))).toEqual({ name: '1923', year: 2022 });
  });
});

describe('what an id led to', () => {
  it('is believed unless both name and year speak against it', () => {
    expect(isPlausible(title('Haus des Geldes', 2017), hit('1', 2017, 'Money Heist'))).toBe(true);
    expect(isPlausible(title('Dark', 2017), hit('1', 2021, 'Dark'))).toBe(true);
    expect(isPlausible(title('Haus des Geldes'), hit('1', 2017, 'Money Heist'))).toBe(true);
    expect(isPlausible(title('Dark', 2017), hit('1', 1994, 'Friends'))).toBe(false);
  });
});
