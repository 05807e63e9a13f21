import { describe, expect, test } from 'vitest';
import { cutToBytes, isSafePath, sanitizeName, slugOf } from '../../../src/library-writer/sanitize-name.ts';

describe('sanitizeName', () => {
  test.each([
    ['Star Trek: Discovery', 'Star Trek Discovery'],
    ['What/If? <"a\\b|c*">', 'What If a b c'],
    ['../../etc', 'etc'],
    ['..', 'Untitled'],
    ['.hack//SIGN', 'hack SIGN'],
    ['Mr. Robot...', 'Mr. Robot'],
    ['  two \t\n spaces  ', 'two spaces'],
    ['bell\u0007 and zero\u0000', 'bell and zero'],
    ['right\u202Eto left', 'right to left'],
    ['half \uD800 pair', 'half pair'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['com1', '_com1'],
    ['Console', 'Console'],
    ['', 'Untitled'],
    ['???', 'Untitled'],
    ['Pok\u0065\u0301mon', 'Pokémon'],
  ])('%j becomes %j', (text, expected) => {
    expect(sanitizeName(text)).toBe(expected);
  });

  test('a name is cut to 255 bytes between characters, and never ends in a dot or space', () => {
    expect(Buffer.byteLength(sanitizeName('나'.repeat(300)))).toBe(255);
    expect(sanitizeName(`${'a'.repeat(254)} b`)).toBe('a'.repeat(254));
    expect(sanitizeName(`${'a'.repeat(254)}나`)).toBe('a'.repeat(254));
    expect(sanitizeName(`${'a'.repeat(240)}👨‍👩‍👧‍👦`)).toBe('a'.repeat(240));
  });

  test('sanitising twice changes nothing', () => {
    for (const text of ['. CON .', 'a:b', ' .. x .. ', `${'나'.repeat(84)} ...  나나`]) {
      expect(sanitizeName(sanitizeName(text))).toBe(sanitizeName(text));
    }
  });
});

test('text is cut by length as well as by bytes', () => {
  expect(cutToBytes('abcdef', 10, 3)).toBe('abc');
  expect(cutToBytes('abcdef', 2, 3)).toBe('ab');
  expect(cutToBytes('👍👍', 8, 3)).toBe('👍');
});

test.each([
  ['Breaking Bad', 'breaking-bad'],
  ["Grey's Anatomy", 'greys-anatomy'],
  ['Pokémon: XY & Z!', 'pokemon-xy-z'],
  ['오징어 게임', '오징어-게임'],
  ['???', 'series'],
])('the slug of %j is %j', (text, expected) => {
  expect(slugOf(text, 200)).toBe(expected);
});

test('a slug is cut to bytes without a hyphen at its end', () => {
  expect(slugOf('abc def', 4)).toBe('abc');
});

test.each([
  ['a/b c/d.nfo', true],
  ['a', true],
  ['', false],
  ['/a', false],
  ['a//b', false],
  ['a/../b', false],
  ['./a', false],
  ['a\\..\\b', false],
  ['a/b\u0000', false],
])('whether %j stays inside is %s', (path, safe) => {
  expect(isSafePath(path)).toBe(safe);
});
