import { expect, it } from 'vitest';
import { didYouMean } from '../../../src/platform/did-you-mean.ts';

const FRUITS = ['apple', 'banana', 'cherry'];

it.each([
  ['aple', 'apple'],
  ['bananna', 'banana'],
  ['chrery', 'cherry'],
  ['apple', 'apple'],
  ['grape', undefined],
  ['a', undefined],
  ['', undefined],
])('takes "%s" for %s', (word, meant) => {
  expect(didYouMean(word, FRUITS)).toBe(meant);
});

it('chooses the nearest', () => {
  expect(didYouMean('abcdefgx', ['abcdefyy', 'abcdefgh'])).toBe('abcdefgh');
});
