import { describe, expect, test } from 'vitest';
import {
  foreign,
  readCount,
  readDay,
  readId,
  readInstant,
  readName,
  readNames,
  readPath,
  readText,
  readTicks,
} from '../../../src/media-server/foreign-values.ts';

describe('instants', () => {
  test.each([
    [
      '2026-11-20T05:06:07.1234567Z',
      '2026-11-20T05:06:07.123Z',
      '.NET writes 7 decimals [real Jellyfin and Emby answers]',
    ],
    [
      '2026-11-21T10:15:18.68550283Z',
      '2026-11-21T10:15:18.685Z',
      '8 decimals [answer of an independent server]',
    ],
    [
      '2026-11-21T10:15:18.738759021Z',
      '2026-11-21T10:15:18.738Z',
      '9 decimals [answer of an independent server]',
    ],
    ['2026-11-21T10:15:18', '2026-11-21T10:15:18.000Z', 'no zone means UTC [real answer]'],
    ['2026-11-21T10:15:18.5+02:00', '2026-11-21T08:15:18.500Z', 'an offset'],
    ['2026-11-21T10:15+0530', '2026-11-21T04:45:00.000Z', 'an offset without a colon'],
    ['2026-11-21', '2026-11-21T00:00:00.000Z', 'a date alone'],
  ])('reads %s as %s: %s', (text, expected) => {
    expect(readInstant(text)?.toISOString()).toBe(expected);
  });

  test.each<[unknown, string]>([
    ['0001-01-01T00:00:00.0000000Z', 'unknown, on every library [real answer]'],
    [
      '1849-12-31T23:59:59Z',
      'before the first year that a server writes into an NFO [NFO parser: year > 1850]',
    ],
    ['2026-02-30T00:00:00Z', 'a day that does not exist'],
    ['2026-13-01T00:00:00Z', 'a month that does not exist'],
    ['yesterday', 'not a date'],
    ['', 'nothing'],
    [1_700_000_000, 'a number'],
    [null, 'null'],
  ])('reads %j as unknown: %s', (value) => {
    expect(readInstant(value)).toBeNull();
    expect(readDay(value)).toBeNull();
  });

  test('keeps the day as the server wrote it', () => {
    expect(readDay('2008-01-20T23:30:00.0000000Z')).toBe('2008-01-20');
  });
});

describe('texts', () => {
  test('lose control characters, which XML and PostgreSQL refuse, and keep line breaks', () => {
    expect(readText(' A\u0000B\u0007\nC\u000b\uffff ')).toBe('AB\nC');
  });

  test('lose half surrogate pairs and keep whole ones', () => {
    expect(readText('x\ud800y 🎬')).toBe('xy 🎬');
  });

  test('are null when nothing readable is left', () => {
    expect([readText('  \u0001 '), readText(''), readText(5), readText(undefined)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test('are cut to a length that fits a search index, between characters', () => {
    expect(readText('é'.repeat(20_000))).toHaveLength(10_000);
    expect(readText(`${'a'.repeat(9_999)}🎬`)).toBe('a'.repeat(9_999));
  });

  test('as names are on one line and at most 500 characters', () => {
    expect(readName('포켓몬:\t카페\n이야기?')).toBe('포켓몬: 카페 이야기?');
    expect(Array.from(readName('🎬'.repeat(600)) ?? '')).toHaveLength(500);
  });

  test('as paths are kept to the letter, trailing spaces included', () => {
    expect(readPath('/tv/Andor (2022) /')).toBe('/tv/Andor (2022) /');
    expect(readPath('/tv/\u0000')).toBeNull();
  });
});

describe('ids', () => {
  test('are opaque texts, and numbers become texts [Emby gives numeric ids of genres and studios]', () => {
    expect([readId('389566'), readId(389566), readId('season_exEDzWgN2dG81AEwLcO8')]).toEqual([
      '389566',
      '389566',
      'season_exEDzWgN2dG81AEwLcO8',
    ]);
  });

  test.each([[''], ['a b'], ['../x'], ['a?b'], ['a\u0000'], ['x'.repeat(129)], [-1], [1.5], [{}], [null]])(
    '%j is not one',
    (value) => {
      expect(readId(value)).toBeNull();
    },
  );

  test('of only zeros mean none [UserData.ItemId of an independent server]', () => {
    expect(readId('00000000000000000000000000000000')).toBeNull();
    expect(readId('00000000-0000-0000-0000-000000000000')).toBeNull();
    expect(readId('0')).toBe('0');
  });
});

describe('numbers', () => {
  test('are whole and fit 4 bytes', () => {
    expect([readCount(7), readCount('7'), readCount(0)]).toEqual([7, 7, 0]);
    expect([
      readCount(-1),
      readCount(1.5),
      readCount(2 ** 31),
      readCount(Number.NaN),
      readCount('7a'),
    ]).toEqual(Array(5).fill(null));
  });

  test('in ticks of 100 ns become ms, and 0 means unknown', () => {
    expect(readTicks(26_400_000_000)).toBe(2_640_000);
    expect([readTicks(0), readTicks(-5), readTicks('x'), readTicks(2 ** 53)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test('outside 0..10 are no ratings', () => {
    expect([8.9, 0, 10, 10.1, -1, 89, '8'].map((value) => foreign.rating.parse(value))).toEqual([
      8.9,
      0,
      10,
      null,
      null,
      null,
      null,
    ]);
  });

  test('outside 1850..2199 are no years', () => {
    expect([2008, 1, 1849, 2200, '2008'].map((value) => foreign.year.parse(value))).toEqual([
      2008,
      null,
      null,
      null,
      2008,
    ]);
  });
});

test('names come from texts and from objects with a name, without repeats [Studios is a list of objects]', () => {
  expect(readNames([{ Name: 'AMC', Id: 12 }, 'AMC', ' HBO ', null, { Id: 3 }, 7])).toEqual(['AMC', 'HBO']);
  expect(readNames(null)).toEqual([]);
});
