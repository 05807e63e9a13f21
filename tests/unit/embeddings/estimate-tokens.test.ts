import { describe, expect, it } from 'vitest';
import { estimateTokens, truncateToTokens } from '../../../src/embeddings/estimate-tokens.ts';

describe('estimateTokens', () => {
  it('counts four Latin characters, one Chinese one and half a Cyrillic word as a token', () => {
    expect(estimateTokens('')).toBe(0);
    expect(estimateTokens('murder in a small town')).toBe(6);
    expect(estimateTokens('進撃の巨人')).toBe(5);
    expect(estimateTokens('Слово')).toBe(4);
  });
});

describe('truncateToTokens', () => {
  it('leaves a text that is short enough as it is, whatever the limit', () => {
    expect(truncateToTokens('one two', 2)).toBe('one two');
    expect(truncateToTokens('one two', Number.POSITIVE_INFINITY)).toBe('one two');
  });

  it('cuts between words and keeps to the limit', () => {
    const text = 'the quick brown fox jumps over the lazy dog';
    const cut = truncateToTokens(text, 5);
    expect(cut).toBe('the quick brown fox');
    expect(estimateTokens(cut)).toBeLessThanOrEqual(5);
  });

  it('cuts a text without spaces, and never through a character', () => {
    expect(truncateToTokens('進撃の巨人', 2)).toBe('進撃');
    expect(truncateToTokens('😀'.repeat(10), 4)).toBe('😀😀😀');
    expect(truncateToTokens('x'.repeat(100), 10)).toBe('x'.repeat(40));
  });

  it('leaves nothing where nothing is allowed', () => {
    expect(truncateToTokens('text', 0)).toBe('');
  });
});
