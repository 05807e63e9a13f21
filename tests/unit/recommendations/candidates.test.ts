import { describe, expect, it } from 'vitest';
import type { CandidateTitle } from '../../../src/catalog/catalog-snapshot.repo.ts';
import { candidatePools } from '../../../src/recommendations/candidates.ts';
import type { SeriesStateRow } from '../../../src/watch/watch-snapshot.repo.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const everywhere = { enableAllFolders: true, enabledFolders: [] };

function title(id: number, known: Partial<CandidateTitle> = {}): CandidateTitle {
  return {
    id,
    name: `Series ${id}`,
    year: 2000 + id,
    premiereDate: null,
    endDate: null,
    status: 'ENDED',
    overview: null,
    genres: [],
    keywords: [],
    networks: [],
    communityRating: null,
    officialRating: null,
    runtimeMinutes: null,
    tvdbId: null,
    tmdbId: null,
    imdbId: null,
    addedAt: null,
    ...known,
  };
}

function state(titleId: number, known: Partial<SeriesStateRow> = {}): SeriesStateRow {
  return {
    userId: 1,
    titleId,
    state: 'COMPLETED',
    watchedCount: 5,
    airedCount: 5,
    playCount: 5,
    isFavorite: false,
    firstPlayedAt: null,
    lastPlayedAt: new Date('2026-11-01T00:00:00Z'),
    ...known,
  };
}

const pools = (titles: CandidateTitle[], states: SeriesStateRow[], begun = titles) =>
  candidatePools(titles, begun, states, everywhere, new Map(), NOW);

describe('candidatePools', () => {
  it.each(['IN_PROGRESS', 'CAUGHT_UP', 'COMPLETED', 'ABANDONED'] as const)(
    'leaves out %s series',
    (begun) => {
      expect(pools([title(1), title(2)], [state(1, { state: begun })]).firstTime).toEqual([2]);
    },
  );

  it('keeps series with the state UNWATCHED or none', () => {
    expect(pools([title(1), title(2)], [state(1, { state: 'UNWATCHED' })]).firstTime).toEqual([1, 2]);
  });

  it.each([
    ['tvdb id', { tvdbId: '7' }, { tvdbId: '7' }],
    ['imdb id', { imdbId: 'tt7' }, { imdbId: 'tt7' }],
    ['name and year', { name: 'Café: One', year: 1999 }, { name: 'cafe one', year: 1999 }],
  ])('leaves out a second entry of a begun series by its %s', (_, first, second) => {
    expect(pools([title(1, first), title(2, second), title(3)], [state(1)]).firstTime).toEqual([3]);
  });

  it('leaves out a second entry of a begun series that left the media server', () => {
    const gone = title(1, { tmdbId: '5' });
    const back = title(2, { tmdbId: '5' });
    expect(pools([back], [state(1)], [back, gone]).firstTime).toEqual([]);
  });

  it('keeps a series of the same name from another year', () => {
    const titles = [title(1, { name: 'Ghosts', year: 2019 }), title(2, { name: 'Ghosts', year: 2021 })];
    expect(pools(titles, [state(1)]).firstTime).toEqual([2]);
  });

  it('offers again only what was completed over a year ago and has ended', () => {
    const long = new Date('2025-11-19T00:00:00Z');
    const titles = [title(1), title(2, { status: 'CONTINUING' }), title(3), title(4), title(5)];
    const states = [
      state(1, { lastPlayedAt: long }),
      state(2, { lastPlayedAt: long }),
      state(3, { lastPlayedAt: new Date('2025-11-21T00:00:00Z') }),
      state(4, { lastPlayedAt: null }),
      state(5, { lastPlayedAt: long, state: 'ABANDONED' }),
    ];
    expect(pools(titles, states)).toEqual({ firstTime: [], rewatch: [1] });
  });

  it('offers a restricted user only what lies in the user’s libraries', () => {
    const user = { enableAllFolders: false, enabledFolders: ['kids'] };
    const folders = new Map([
      [1, ['main']],
      [2, ['main', 'kids']],
    ]);
    const titles = [title(1), title(2), title(3)];
    expect(candidatePools(titles, titles, [], user, folders, NOW).firstTime).toEqual([2]);
  });
});
