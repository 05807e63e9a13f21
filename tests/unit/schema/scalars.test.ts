import { describe, expect, it } from 'vitest';
import { isDate, parseDateTime } from '../../../schema/scalars.ts';

describe('parseDateTime', () => {
  it.each([
    ['2026-11-21 13:10:52.08+00', '2026-11-21T13:10:52.080Z'],
    ['2026-11-21T13:10:52.123456+02:00', '2026-11-21T11:10:52.123Z'],
    ['2026-11-21 13:10:52-03:30', '2026-11-21T16:40:52.000Z'],
    ['2026-11-21T13:10:52Z', '2026-11-21T13:10:52.000Z'],
  ])('reads %s', (text, utc) => {
    expect(parseDateTime(text)?.toISOString()).toBe(utc);
  });

  it.each(['', 'soon', '2026-11-21', '2026-11-21T13:10:52', '2026-13-21T13:10:52Z', '2026-11-21T25:10:52Z'])(
    'does not read %j',
    (text) => {
      expect(parseDateTime(text)).toBeNull();
    },
  );
});

describe('isDate', () => {
  it('knows days that exist', () => {
    expect(['2024-02-29', '1999-12-31'].map(isDate)).toEqual([true, true]);
    expect(['2026-02-30', '2026-13-01', '2026-1-1', '', '2026-11-21T00:00:00Z'].some(isDate)).toBe(false);
  });
});
