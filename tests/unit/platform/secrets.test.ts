import { expect, it } from 'vitest';
import { maskSecret, maskUrl, sameHash, sha256 } from '../../../src/platform/secrets.ts';

it('shows two characters of a secret at most', () => {
  expect(maskSecret('sk-abcdefgh')).toBe('sk…');
  expect(maskSecret('short')).toBe('…');
  expect(maskSecret('')).toBe('…');
});

it.each([
  ['postgres://user:p@ss@host:5432/db?sslmode=require', 'postgres://…@host:5432/db?…'],
  ['mongodb://u:p@a:1,b:2/db', 'mongodb://…@a:1,b:2/db'],
  ['http://host/path', 'http://host/path'],
  ['not a url but secret', 'no…'],
])('masks %s as %s', (url, masked) => {
  expect(maskUrl(url)).toBe(masked);
});

it('hashes with SHA-256', () => {
  // FIPS 180-2, appendix B.1
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('compares hashes of equal and unequal length', () => {
  expect(sameHash(sha256('a'), sha256('a'))).toBe(true);
  expect(sameHash(sha256('a'), sha256('b'))).toBe(false);
  expect(sameHash('a', 'ab')).toBe(false);
});
