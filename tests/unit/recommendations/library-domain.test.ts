import { describe, expect, it } from 'vitest';
import { libraryDomain } from '../../../src/recommendations/library-domain.ts';
import { scorableTitle } from '../../support/scorable-titles.ts';

const titles = (anime: number, other: number) => [
  ...Array.from({ length: anime }, (_, index) => scorableTitle(index, { keywords: ['Shounen'] })),
  ...Array.from({ length: other }, (_, index) => scorableTitle(100 + index, { genres: ['Animation'] })),
];

describe('libraryDomain', () => {
  it('is anime from a quarter of anime on', () => {
    expect(libraryDomain(titles(5, 15))).toBe('anime');
    expect(libraryDomain(titles(4, 15))).toBe('series');
  });

  it('is series for cartoons and for nothing', () => {
    expect(libraryDomain(titles(0, 10))).toBe('series');
    expect(libraryDomain([])).toBe('series');
  });
});
