import { describe, expect, it } from 'vitest';
import { episodeRows } from '../../../src/catalog/episode-rows.ts';
import { refuseLargeRemoval } from '../../../src/catalog/large-removal.ts';
import { isLimited, pickListingUser } from '../../../src/catalog/listing-user.ts';
import { seasonRow } from '../../../src/catalog/season-row.ts';
import { seriesRow } from '../../../src/catalog/series-row.ts';
import { episode, season, series, user } from '../../support/scripted-media-server.ts';

describe('episodeRows', () => {
  const slots = (part: Parameters<typeof episode>[4]) =>
    episodeRows(episode('e', 's', 2, 3, part)).map((row) => row.slot);

  it('gives one row for each episode in a file [IndexNumberEnd; scrob#138]', () => {
    expect(slots({})).toEqual(['2x3']);
    expect(slots({ numberEnd: 5 })).toEqual(['2x3', '2x4', '2x5']);
    expect(slots({ numberEnd: 3 })).toEqual(['2x3']);
  });

  it('takes an impossible range for a single episode', () => {
    expect(slots({ numberEnd: 1 })).toEqual(['2x3']);
    expect(slots({ numberEnd: 20_080_120 })).toEqual(['2x3']);
  });

  it('splits the runtime of a file between its episodes', () => {
    const rows = episodeRows(episode('e', 's', 1, 1, { numberEnd: 2, runtimeMs: 3_000_001 }));
    expect(rows.map((row) => row.runtimeMs)).toEqual([1_500_001, 1_500_001]);
    expect(episodeRows(episode('e', 's', 1, 1, { runtimeMs: null }))[0]?.runtimeMs).toBeNull();
  });

  it('tells extras apart by name, then file, then item', () => {
    expect(slots({ seasonNumber: 0, number: null, name: 'Making of' })).toEqual(['0:making of']);
    expect(slots({ seasonNumber: null, name: 'Making of' })).toEqual(['0:making of']);
    expect(slots({ number: null, name: null, path: 'D:\\tv\\Gag Reel.mkv' })).toEqual(['2:gag reel']);
    expect(slots({ number: null, name: null })).toEqual(['2:e']);
  });

  it('gives nothing for an item without a series', () => {
    expect(slots({ seriesId: null })).toEqual([]);
  });

  it('hashes what is stored of the episode, not where it lies', () => {
    const hash = (part: Parameters<typeof episode>[4]) =>
      episodeRows(episode('e', 's', 1, 1, part))[0]?.contentHash;
    expect(hash({ path: '/a' })).toBe(hash({ path: '/b' }));
    expect(hash({ name: 'A' })).not.toBe(hash({ name: 'B' }));
    expect(hash({ airDate: '2020-01-01' })).not.toBe(hash({ airDate: '2020-01-02' }));
  });
});

describe('seriesRow', () => {
  it('takes the year from the name when it has no other', () => {
    expect(seriesRow(series('s', 'Castle (2009)'))).toMatchObject({ matchName: 'castle', year: 2009 });
    expect(seriesRow(series('s', 'Castle (2009)', { year: 2010 }))).toMatchObject({ year: 2010 });
  });

  it('sorts by the name in lower case unless the server knows better', () => {
    expect(seriesRow(series('s', 'The Wire')).sortName).toBe('the wire');
    expect(seriesRow(series('s', 'The Wire', { sortName: 'Wire, The' })).sortName).toBe('wire, the');
  });

  it('hashes metadata and copy apart', () => {
    const one = seriesRow(series('s', 'Dark', { path: '/a' }));
    const moved = seriesRow(series('s', 'Dark', { path: '/b' }));
    const edited = seriesRow(series('s', 'Dark', { path: '/a', genres: ['Drama'] }));
    expect(moved.contentHash).toBe(one.contentHash);
    expect(moved.copyHash).not.toBe(one.copyHash);
    expect(edited.contentHash).not.toBe(one.contentHash);
    expect(edited.copyHash).toBe(one.copyHash);
  });
});

describe('seasonRow', () => {
  it('is nothing without a series or a number', () => {
    expect(seasonRow(season('x', 's', 0))).toMatchObject({ seriesId: 's', number: 0 });
    expect(seasonRow(season('x', 's', 1, { number: null }))).toBeNull();
    expect(seasonRow(season('x', 's', 1, { seriesId: null }))).toBeNull();
  });
});

describe('pickListingUser', () => {
  it('prefers sight over rank, and never takes a disabled user', () => {
    const blindAdmin = user('a', { isAdmin: true, enableAllFolders: false });
    const seer = user('b');
    const admin = user('c', { isAdmin: true });
    const disabled = user('d', { isAdmin: true, isDisabled: true });
    expect(pickListingUser([blindAdmin, seer, disabled]).id).toBe('b');
    expect(pickListingUser([blindAdmin, seer, admin]).id).toBe('c');
    expect(pickListingUser([user('z'), user('y')]).id).toBe('y');
    expect(isLimited(blindAdmin)).toBe(true);
    expect(isLimited(admin)).toBe(false);
  });

  it('fails with a remedy when there is nobody', () => {
    expect(() => pickListingUser([])).toThrow(
      expect.objectContaining({ code: 'PREREQUISITE_MISSING', remedy: expect.any(String) }),
    );
  });
});

describe('refuseLargeRemoval', () => {
  const removal = { library: 'TV', titles: 20, goneTitles: 0, episodes: 100, goneEpisodes: 0 };

  it.each([
    [{ ...removal, goneTitles: 6 }, false],
    [{ ...removal, goneTitles: 7 }, true],
    [{ ...removal, titles: 19, goneTitles: 19 }, false],
    [{ ...removal, goneEpisodes: 30 }, false],
    [{ ...removal, goneEpisodes: 31 }, true],
    [{ ...removal, titles: 0, episodes: 0 }, false],
  ])('judges %j', (input, refused) => {
    expect(refuseLargeRemoval(input)?.code).toBe(refused ? 'LARGE_REMOVAL' : undefined);
  });
});
