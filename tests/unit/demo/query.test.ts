import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/demo/http.ts';
import { parseInstant, Query } from '../../../src/demo/query.ts';

const query = (text: string, dialect: 'jellyfin' | 'emby' = 'jellyfin') =>
  new Query(dialect, new URLSearchParams(text));

describe('a query string', () => {
  it('is read without regard to the case of names, and repeated names make a list', () => {
    expect(query('PARENTID=&startindex=5').integer('StartIndex')).toBe(5);
    expect(query('fields=Path,Genres&Fields=Tags').list('FIELDS')).toEqual(['Path', 'Genres', 'Tags']);
    expect(query('limit=').integer('Limit')).toBeNull();
  });

  it('takes Guids with dashes and in either case', () => {
    expect(query('id=0AF2E1D3-0000-4000-8000-000000000001').id('id')).toBe(
      '0af2e1d3000040008000000000000001',
    );
    expect(query('id=389566', 'emby').id('id')).toBe('389566');
  });

  it('refuses what does not fit: 400 with the name on Jellyfin, 500 on Emby [real Emby answer "Unrecognized Guid format."]', () => {
    const refusal = (read: () => unknown) => {
      try {
        read();
      } catch (error) {
        if (error instanceof Refusal) return [error.status, error.parameter];
      }
      return null;
    };
    expect(refusal(() => query('limit=ten').integer('limit'))).toEqual([400, 'limit']);
    expect(refusal(() => query('limit=ten', 'emby').integer('limit'))).toEqual([500, undefined]);
    expect(refusal(() => query('recursive=1').flag('recursive'))).toEqual([400, 'recursive']);
    expect(refusal(() => query('id=389566').id('id'))).toEqual([400, 'id']);
    expect(refusal(() => query('userId=7', 'emby').userId('userId'))).toEqual([500, undefined]);
  });

  it('reads times as its dialect does, and as UTC when no zone is given', () => {
    const at = Date.parse('2026-05-01T10:00:00Z');
    expect(parseInstant('jellyfin', '20260501100000')).toBe(at);
    expect(parseInstant('jellyfin', '2026-05-01T10:00:00.0000000Z')).toBe(at);
    expect(parseInstant('jellyfin', '2026-05-01T10:00:00')).toBe(at);
    expect(parseInstant('jellyfin', '2026-05-01T12:00:00+02:00')).toBe(at);
    expect(parseInstant('emby', '20260501100000')).toBe(at);
    expect(parseInstant('emby', '2026-05-01T10:00:00Z')).toBeNull();
    expect(parseInstant('jellyfin', '20261399100000')).toBeNull();
    expect(parseInstant('jellyfin', 'noon')).toBeNull();
  });
});
