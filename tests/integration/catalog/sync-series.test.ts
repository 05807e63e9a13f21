import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { candidateTitles } from '../../../src/catalog/catalog-snapshot.repo.ts';
import { syncSeries } from '../../../src/catalog/sync-series.ts';
import type { Database } from '../../../src/platform/database.ts';
import { catalogContent, liveSlots, rowVersions, titleNames } from '../../support/catalog-state.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import {
  episode,
  library,
  scriptedMediaServer,
  season,
  series,
  user,
} from '../../support/scripted-media-server.ts';

let db: Database;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

const NOTHING = {
  libraries: 1,
  seriesSeen: 0,
  seriesAdded: 0,
  seriesUpdated: 0,
  seriesRemoved: 0,
  episodesSeen: 0,
  episodesAdded: 0,
  episodesUpdated: 0,
  episodesRemoved: 0,
  skipped: 0,
};

function breakingBad(prefix = 'bb') {
  return {
    series: {
      'lib-1': [
        series(prefix, 'Breaking Bad', {
          year: 2008,
          providerIds: { tvdb: '81189', imdb: 'tt0903747' },
          genres: ['Drama', 'Crime'],
          overview: 'A teacher cooks.',
          status: 'ENDED',
          communityRating: 9.5,
          path: `/media/${prefix}`,
          addedAt: new Date('2024-01-01T00:00:00Z'),
        }),
      ],
    },
    seasons: { 'lib-1': [season(`${prefix}-s1`, prefix, 1, { name: 'Season 1' })] },
    episodes: {
      'lib-1': [1, 2, 3].map((number) =>
        episode(`${prefix}-e${number}`, prefix, 1, number, {
          path: `/media/${prefix}/${number}.mkv`,
          airDate: `2008-01-0${number}`,
        }),
      ),
    },
  };
}

describe('syncSeries', () => {
  it('brings in series, seasons and episodes and counts them', async () => {
    const { mediaServer } = scriptedMediaServer(breakingBad());
    const context = testContext(db, { mediaServer });
    const counts = await syncSeries(context, {});
    expect(counts).toEqual({ ...NOTHING, seriesSeen: 1, seriesAdded: 1, episodesSeen: 3, episodesAdded: 3 });
    expect(await catalogContent(db)).toMatchObject([
      {
        name: 'Breaking Bad',
        match_name: 'breaking bad',
        year: 2008,
        tvdb_id: '81189',
        overview: 'A teacher cooks.',
        genres: ['Drama', 'Crime'],
        removed: false,
        copies: [['Shows', 'bb', '/media/bb', false]],
        seasons: [[1, 'Season 1', expect.any(String), false]],
        episodes: [1, 2, 3].map((number) => [
          `1x${number}`,
          `Episode ${number}`,
          1_800_000,
          expect.any(String),
          false,
          [[`bb-e${number}`, `/media/bb/${number}.mkv`, false]],
        ]),
      },
    ]);
    expect(await candidateTitles(db)).toMatchObject([
      { name: 'Breaking Bad', genres: ['Drama', 'Crime'], addedAt: new Date('2024-01-01T00:00:00Z') },
    ]);
    expect(context.record.steps).toEqual([
      { name: 'Shows: series', total: undefined, unit: 'series', done: 1 },
      { name: 'Shows: episodes', total: undefined, unit: 'episodes', done: 3 },
      { name: 'Shows: seasons', total: undefined, unit: 'seasons', done: 1 },
    ]);
  });

  it('writes no row when nothing changed, and every row when forced', async () => {
    const { mediaServer } = scriptedMediaServer(breakingBad());
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    const before = await rowVersions(db);
    const counts = await syncSeries(context, {});
    expect(counts).toEqual({ ...NOTHING, seriesSeen: 1, episodesSeen: 3 });
    expect(await rowVersions(db)).toEqual(before);
    const content = await catalogContent(db);
    expect(await syncSeries(context, { force: true })).toMatchObject({
      seriesUpdated: 1,
      episodesUpdated: 3,
    });
    expect(await catalogContent(db)).toEqual(content);
  });

  it('writes what changed and nothing else', async () => {
    const { mediaServer, script } = scriptedMediaServer(breakingBad());
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    const before = await rowVersions(db);
    script.series = {
      'lib-1': [series('bb', 'Breaking Bad', { year: 2008, providerIds: { tvdb: '81189', tmdb: '1396' } })],
    };
    script.episodes['lib-1']?.splice(1, 1, episode('bb-e2', 'bb', 1, 2, { name: 'Cat in the Bag' }));
    expect(await syncSeries(context, {})).toMatchObject({ seriesUpdated: 1, episodesUpdated: 1 });
    const after = await rowVersions(db);
    expect(after.seasons).toEqual(before.seasons);
    expect(
      after.episodes?.filter((row) => JSON.stringify(before.episodes).includes(JSON.stringify(row))),
    ).toHaveLength(2);
    expect(await catalogContent(db)).toMatchObject([
      { overview: null, tvdb_id: '81189', tmdb_id: '1396', imdb_id: 'tt0903747' },
    ]);
  });

  it('marks what is gone as removed and brings it back with its ids when it returns [Jellystat#194, #34]', async () => {
    const { mediaServer, script } = scriptedMediaServer(breakingBad());
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    const before = await catalogContent(db);
    const ids = await db.rows(sql`select id, slot from episodes order by id`);

    const last = script.episodes['lib-1']?.pop();
    expect(await syncSeries(context, {})).toMatchObject({ seriesRemoved: 0, episodesRemoved: 1 });
    expect(await liveSlots(db, 'Breaking Bad')).toEqual(['1x1', '1x2']);

    const all = breakingBad();
    script.series = {};
    script.seasons = {};
    script.episodes = {};
    expect(await syncSeries(context, {})).toMatchObject({ seriesRemoved: 1, episodesRemoved: 2 });
    expect(await titleNames(db)).toEqual(['[Breaking Bad]']);
    expect(await candidateTitles(db)).toEqual([]);
    expect(await db.rows(sql`select number from seasons where removed_at is null`)).toEqual([]);

    Object.assign(script, all);
    expect(last?.id).toBe('bb-e3');
    expect(await syncSeries(context, {})).toMatchObject({
      seriesAdded: 0,
      seriesUpdated: 1,
      episodesUpdated: 3,
    });
    expect(await catalogContent(db)).toEqual(before);
    expect(await db.rows(sql`select id, slot from episodes order by id`)).toEqual(ids);
  });

  it('reads only TV and mixed libraries that are enabled and not virtual [CollectionType of both OpenAPI documents; Ombi#2361]', async () => {
    const { mediaServer, script } = scriptedMediaServer({
      libraries: [
        library('tv', 'TV'),
        library('mixed', 'Mixed', { collectionType: null }),
        library('films', 'Films', { collectionType: 'movies' }),
        library('ours', 'Picks'),
      ],
      series: {
        tv: [series('a', 'Andor')],
        mixed: [series('b', 'Bluey')],
        films: [series('c', 'Cats')],
        ours: [series('d', 'Dark')],
      },
    });
    await db.rows(
      sql`insert into libraries (provider_id, name, collection_type, is_virtual) values ('ours', 'Picks', 'tvshows', true)`,
    );
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    expect(await titleNames(db)).toEqual(['Andor', 'Bluey']);
    expect(await db.rows(sql`select name from libraries order by name`)).toEqual([
      { name: 'Mixed' },
      { name: 'Picks' },
      { name: 'TV' },
    ]);

    await db.rows(sql`update libraries set enabled = false where provider_id = 'mixed'`);
    script.libraries = script.libraries.filter((one) => one.id !== 'tv');
    await syncSeries(context, {});
    expect(await titleNames(db)).toEqual(['[Andor]', '[Bluey]']);
    expect(await db.rows(sql`select name from libraries where removed_at is not null`)).toEqual([
      { name: 'TV' },
    ]);
  });

  it('reads only the libraries that are named, and refuses an id it does not know', async () => {
    const { mediaServer } = scriptedMediaServer({
      libraries: [library('one', 'One'), library('two', 'Two')],
      series: { one: [series('a', 'Andor')], two: [series('b', 'Bluey')] },
    });
    const context = testContext(db, { mediaServer });
    await expect(syncSeries(context, { libraryIds: [99] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'libraryIds',
      value: '99',
    });
    const [two] = await db.rows<{ id: number }>(sql`select id from libraries where provider_id = 'two'`);
    expect(await syncSeries(context, { libraryIds: [two?.id ?? 0] })).toMatchObject({ libraries: 1 });
    expect(await titleNames(db)).toEqual(['Bluey']);
  });

  it('lists as the user who sees most, and says so when nobody sees all', async () => {
    const asked = new Set<string>();
    const { mediaServer, script } = scriptedMediaServer({
      users: [
        user('kid', { maxParentalRating: 7 }),
        user('gone', { isAdmin: true, isDisabled: true }),
        user('admin', { isAdmin: true }),
      ],
      beforePage: (_kind, list) => asked.add(list.userId),
    });
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    expect([...asked]).toEqual(['admin']);
    expect(context.record.lines).toEqual([]);
    script.users = [user('kid', { maxParentalRating: 7 })];
    await syncSeries(context, {});
    expect(context.record.lines).toMatchObject([{ level: 'warn' }]);
    script.users = [user('gone', { isDisabled: true })];
    await expect(syncSeries(context, {})).rejects.toMatchObject({ code: 'PREREQUISITE_MISSING' });
  });

  it('holds double episodes, specials and extras, and skips what has no series', async () => {
    const { mediaServer } = scriptedMediaServer({
      ...breakingBad(),
      episodes: {
        'lib-1': [
          episode('double', 'bb', 1, 1, { numberEnd: 2, runtimeMs: 3_000_000 }),
          episode('special', 'bb', 0, 1),
          episode('extra', 'bb', 0, 1, { number: null, name: 'Making of: Café' }),
          episode('loose', 'bb', 1, 1, {
            seasonNumber: null,
            number: null,
            name: null,
            path: '/x/Gag Reel.mkv',
          }),
          episode('orphan', 'bb', 1, 9, { seriesId: null }),
          episode('stray', 'unknown-series', 1, 1),
        ],
      },
    });
    const context = testContext(db, { mediaServer });
    const counts = await syncSeries(context, {});
    expect(counts).toMatchObject({ episodesSeen: 6, episodesAdded: 5, skipped: 2 });
    expect(await liveSlots(db, 'Breaking Bad')).toEqual([
      '0x1',
      '0:gag reel',
      '0:making of cafe',
      '1x1',
      '1x2',
    ]);
    expect(
      await db.rows(sql`
        select c.provider_item_id, e.slot, e.runtime_ms from episode_copies c join episodes e on e.id = c.episode_id
        where c.provider_item_id = 'double' order by slot`),
    ).toEqual([
      { provider_item_id: 'double', slot: '1x1', runtime_ms: 1_500_000 },
      { provider_item_id: 'double', slot: '1x2', runtime_ms: 1_500_000 },
    ]);
    expect(await db.rows(sql`select number from seasons order by number`)).toEqual([
      { number: 0 },
      { number: 1 },
    ]);
    const before = await rowVersions(db);
    await syncSeries(context, {});
    expect(await rowVersions(db)).toEqual(before);
  });

  it('follows an item that was renumbered', async () => {
    const { mediaServer, script } = scriptedMediaServer(breakingBad());
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    script.episodes['lib-1']?.splice(2, 1, episode('bb-e3', 'bb', 1, 4, { name: 'Now the fourth' }));
    expect(await syncSeries(context, {})).toMatchObject({ episodesAdded: 1, episodesRemoved: 1 });
    expect(await liveSlots(db, 'Breaking Bad')).toEqual(['1x1', '1x2', '1x4']);
  });

  it('keeps text that could break a statement as it is', async () => {
    const name = `Robert'); drop table titles;-- "é" \\u0041 {} 🎬`;
    const { mediaServer } = scriptedMediaServer({ series: { 'lib-1': [series("it's", name)] } });
    await syncSeries(testContext(db, { mediaServer }), {});
    expect(await titleNames(db)).toEqual([name]);
  });
});
