import { describe, expect, it } from 'vitest';
import {
  type CandidateInput,
  type CandidateTitle,
  candidatePools,
  candidateRules,
} from '../../../src/recommendations/candidates.ts';
import type { TitleFeedback } from '../../../src/taste/feedback.ts';
import type { SeriesStateRow } from '../../../src/watch/watch-snapshot.repo.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const FREE = {
  enableAllFolders: true,
  enabledFolders: [],
  maxParentalRating: null,
  blockUnrated: false,
  blockedTags: [],
  allowedTags: [],
};

function title(id: number, known: Partial<CandidateTitle> = {}): CandidateTitle {
  return {
    id,
    name: `Series ${id}`,
    originalName: null,
    year: 2000 + id,
    premiereDate: null,
    endDate: null,
    status: 'ENDED',
    overview: null,
    genres: [],
    keywords: [],
    tags: [],
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
    datedPlays: 0,
    playDays: 0,
    firstPlayedAt: null,
    lastPlayedAt: new Date('2026-11-01T00:00:00Z'),
    ...known,
  };
}

function said(titleId: number, known: Partial<TitleFeedback> = {}): TitleFeedback {
  return {
    titleId,
    rating: null,
    dismissedAt: null,
    snoozedUntil: null,
    serverRating: null,
    serverLikes: null,
    serverFavorite: false,
    ...known,
  };
}

function input(titles: CandidateTitle[], known: Partial<CandidateInput> = {}): CandidateInput {
  return {
    titles,
    begunTitles: titles,
    states: [],
    feedback: [],
    user: FREE,
    foldersOf: new Map(),
    ratings: new Map(),
    rewatchAfterMonths: 12,
    now: NOW,
    ...known,
  };
}

const pools = (titles: CandidateTitle[], states: SeriesStateRow[], begun = titles) =>
  candidatePools(input(titles, { states, begunTitles: begun }));
const reason = (one: CandidateTitle, known: Partial<CandidateInput> = {}) =>
  candidateRules(input([one], known)).exclusionOf(one);

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
    ['id in another catalog', { otherIds: ['tvmaze:82'] }, { otherIds: ['tvmaze:82'] }],
    ['tmdb id, which only another catalog knows', { tmdbId: '7' }, { otherIds: ['tmdb:7'] }],
    ['original name', { name: 'Dark', year: 2017 }, { name: 'Finster', originalName: 'Dark', year: 2017 }],
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

  it('offers nothing again that was dismissed, snoozed or is hidden from the user', () => {
    const long = new Date('2020-01-01T00:00:00Z');
    const titles = [title(1), title(2), title(3), title(4, { tags: ['Gore'] })];
    const found = candidatePools(
      input(titles, {
        states: titles.map(({ id }) => state(id, { lastPlayedAt: long })),
        feedback: [
          said(1, { dismissedAt: NOW }),
          said(2, { snoozedUntil: new Date('2026-12-01T00:00:00Z') }),
        ],
        user: { ...FREE, blockedTags: ['gore'] },
      }),
    );
    expect(found.rewatch).toEqual([3]);
  });

  it('offers a series again once, however many entries of it were completed', () => {
    const long = new Date('2020-01-01T00:00:00Z');
    const titles = [title(1, { tvdbId: '7' }), title(2, { tvdbId: '7' }), title(3)];
    const states = titles.map(({ id }) => state(id, { lastPlayedAt: long }));
    expect(pools(titles, states).rewatch).toEqual([1, 3]);
  });

  it.each([
    ['is being watched', { state: 'IN_PROGRESS' }],
    ['was watched lately', {}],
  ] as const)('does not offer a completed series again while another entry of it %s', (_, other) => {
    const titles = [title(1, { tvdbId: '7' }), title(2, { tvdbId: '7' })];
    const states = [state(1, { lastPlayedAt: new Date('2020-01-01T00:00:00Z') }), state(2, other)];
    expect(pools(titles, states)).toEqual({ firstTime: [], rewatch: [] });
  });

  it('offers nothing at all where every title was watched', () => {
    const titles = [title(1), title(2)];
    expect(pools(titles, [state(1), state(2)])).toEqual({ firstTime: [], rewatch: [] });
  });
});

describe('exclusionOf', () => {
  it('says nothing against a title that nothing speaks against', () => {
    expect(reason(title(1))).toBeNull();
  });

  it('names the state of a begun series, and the series that another entry stands for', () => {
    expect(reason(title(1), { states: [state(1, { state: 'ABANDONED' })] })).toEqual({
      reason: 'ALREADY_BEGUN',
      state: 'ABANDONED',
    });
    const first = title(1, { imdbId: 'tt1' });
    const second = title(2, { imdbId: 'tt1' });
    expect(reason(second, { states: [state(1)], begunTitles: [first, second] })).toEqual({
      reason: 'SECOND_COPY',
      titleId: 1,
    });
  });

  it('lets a restricted user see what lies in their libraries only', () => {
    const user = { ...FREE, enableAllFolders: false, enabledFolders: ['kids'] };
    const foldersOf = new Map([
      [1, ['main']],
      [2, ['main', 'kids']],
    ]);
    expect([1, 2, 3].map((id) => reason(title(id), { user, foldersOf })?.reason)).toEqual([
      'NOT_VISIBLE',
      undefined,
      'NOT_VISIBLE',
    ]);
  });

  it('leaves out what was dismissed for good, and what was snoozed until its time comes', () => {
    const until = new Date('2026-11-20T12:00:01Z');
    expect(reason(title(1), { feedback: [said(1, { dismissedAt: NOW })] })).toEqual({ reason: 'DISMISSED' });
    expect(reason(title(1), { feedback: [said(1, { snoozedUntil: until })] })).toEqual({
      reason: 'SNOOZED',
      until,
    });
    expect(reason(title(1), { feedback: [said(1, { snoozedUntil: NOW })] })).toBeNull();
  });

  it('leaves out what the user rated without watching it here, but not what they like or marked', () => {
    expect(reason(title(1), { feedback: [said(1, { rating: 9 })] })).toEqual({
      reason: 'ALREADY_RATED',
      rating: 9,
    });
    expect(reason(title(1), { feedback: [said(1, { serverRating: 3 })] })?.reason).toBe('ALREADY_RATED');
    expect(reason(title(1), { feedback: [said(1, { serverLikes: true, serverFavorite: true })] })).toBeNull();
  });

  it.each([
    ['dismissed', { dismissedAt: NOW }, 'DISMISSED'],
    ['snoozed', { snoozedUntil: new Date('2026-12-01T00:00:00Z') }, 'SNOOZED'],
    ['rated', { rating: 2 }, 'ALREADY_RATED'],
  ])('leaves out another entry of a series that was %s', (_, known, expected) => {
    const begunTitles = [title(1, { imdbId: 'tt1' }), title(2, { imdbId: 'tt1' })];
    const given = { begunTitles, feedback: [said(1, known)] };
    expect(reason(title(2, { imdbId: 'tt1' }), given)?.reason).toBe(expected);
    expect(candidateRules(input([], given)).isUnwanted(title(2, { imdbId: 'tt1' }))).toBe(
      expected !== 'ALREADY_RATED',
    );
  });

  it('says that a begun title is unwanted where it was dismissed, too', () => {
    const rules = candidateRules(
      input([title(1)], { states: [state(1)], feedback: [said(1, { dismissedAt: NOW })] }),
    );
    expect(rules.exclusionOf(title(1))?.reason).toBe('ALREADY_BEGUN');
    expect(rules.isUnwanted(title(1))).toBe(true);
  });

  it('says that parental control hides a title before it says anything of the title', () => {
    const user = { ...FREE, maxParentalRating: 10 };
    const known = { user, ratings: new Map([['tv-ma', 17]]), states: [state(1)] };
    expect(reason(title(1, { officialRating: 'TV-MA' }), known)).toEqual({ reason: 'PARENTAL_RATING' });
  });
});
