import { describe, expect, it } from 'vitest';
import { lexicalTokens } from '../../../src/embeddings/lexical-tokens.ts';

describe('lexicalTokens', () => {
  it('joins the forms of a word and drops stop words', () => {
    expect(lexicalTokens('The killers are killing a killer')).toEqual(['killer', 'kill', 'killer']);
    expect(lexicalTokens('families stopped running')).toEqual(['family', 'stop', 'run']);
  });

  it('keeps short words and words that only look like plurals', () => {
    expect(lexicalTokens('boss virus bus')).toEqual(['boss', 'virus', 'bus']);
  });

  it('folds diacritics and apostrophes', () => {
    expect(lexicalTokens('Café don’t')).toEqual(['cafe', 'dont']);
  });

  it('gives pairs of characters for scripts without spaces', () => {
    expect(lexicalTokens('進撃の巨')).toEqual(['進撃', '撃の', 'の巨']);
  });

  it('gives nothing for a text without words', () => {
    expect(lexicalTokens(' ... !? ')).toEqual([]);
  });
});
