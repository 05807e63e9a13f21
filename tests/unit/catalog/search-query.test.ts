import { describe, expect, it } from 'vitest';
import { prefixQuery } from '../../../src/catalog/search-query.ts';

describe('prefixQuery', () => {
  it('asks for every word, each as a beginning', () => {
    expect(prefixQuery('  game  of ')).toBe("'game':* & 'of':*");
  });

  it('keeps words whole and quotes what would be an operator', () => {
    expect(prefixQuery("S.W.A.T. o'brien a\\b x&y")).toBe(
      "'S.W.A.T.':* & 'o''brien':* & 'a\\\\b':* & 'x&y':*",
    );
  });

  it('is empty without a letter or a digit', () => {
    expect(prefixQuery(' !! & | ')).toBe('');
    expect(prefixQuery('')).toBe('');
  });
});
