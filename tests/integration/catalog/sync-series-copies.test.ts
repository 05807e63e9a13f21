import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
} from '../../support/scripted-media-server.ts';

let db: Database;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

const TVDB = { providerIds: { tvdb: '81189' } };

function twoLibraries() {
  return scriptedMediaServer({
    libraries: [library('hd', 'HD'), library('uhd', '4K')],
    series: {
      hd: [series('hd-bb', 'Breaking Bad', { ...TVDB, year: 2008, overview: 'From HD.' })],
      uhd: [
        series('uhd-bb', 'Breaking Bad (2008)', {
          providerIds: { tvdb: '81189', imdb: 'tt1' },
          overview: 'From 4K.',
        }),
      ],
    },
    seasons: {
      hd: [season('hd-s1', 'hd-bb', 1, { name: 'Season 1' })],
      uhd: [season('uhd-s1', 'uhd-bb', 1, { name: 'Series One' })],
    },
    episodes: {
      hd: [episode('hd-1', 'hd-bb', 1, 1, { name: 'Pilot' })],
      uhd: [
        episode('uhd-1', 'uhd-bb', 1, 1, { name: 'The Pilot' }),
        episode('uhd-2', 'uhd-bb', 1, 2, { name: 'Only in 4K' }),
      ],
    },
  });
}

describe('a series with several copies', () => {
  it('is one title, described by its oldest copy in every run', async () => {
    const { mediaServer } = twoLibraries();
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    const content = await catalogContent(db);
    expect(content).toMatchObject([
      {
        name: 'Breaking Bad',
        overview: 'From HD.',
        tvdb_id: '81189',
        imdb_id: 'tt1',
        copies: [
          ['4K', 'uhd-bb', null, false],
          ['HD', 'hd-bb', null, false],
        ],
        seasons: [[1, 'Season 1', expect.any(String), false]],
        episodes: [
          [
            '1x1',
            'Pilot',
            1_800_000,
            expect.any(String),
            false,
            [
              ['hd-1', null, false],
              ['uhd-1', null, false],
            ],
          ],
          ['1x2', 'Only in 4K', 1_800_000, expect.any(String), false, [['uhd-2', null, false]]],
        ],
      },
    ]);
    const before = await rowVersions(db);
    await syncSeries(context, {});
    expect(await rowVersions(db)).toEqual(before);
  });

  it('lives on when a copy goes, described by the one that is left', async () => {
    const { mediaServer, script } = twoLibraries();
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    script.series.hd = [];
    script.seasons.hd = [];
    script.episodes.hd = [];
    expect(await syncSeries(context, {})).toMatchObject({
      seriesRemoved: 0,
      episodesRemoved: 0,
      seriesUpdated: 1,
    });
    expect(await catalogContent(db)).toMatchObject([
      {
        name: 'Breaking Bad (2008)',
        overview: 'From 4K.',
        removed: false,
        seasons: [[1, 'Series One', expect.any(String), false]],
      },
    ]);
    expect(await liveSlots(db, 'Breaking Bad (2008)')).toEqual(['1x1', '1x2']);
    const before = await rowVersions(db);
    await syncSeries(context, {});
    expect(await rowVersions(db)).toEqual(before);
  });

  it('is one title even when both copies are in one library and on one page', async () => {
    const { mediaServer } = scriptedMediaServer({
      series: { 'lib-1': [series('b', 'Dark', TVDB), series('a', 'DARK!', TVDB)] },
      episodes: {
        'lib-1': [
          episode('b1', 'b', 1, 1, { name: 'From b' }),
          episode('a1', 'a', 1, 1, { name: 'From a' }),
          episode('a1-again', 'a', 1, 1, { name: 'Another cut' }),
        ],
      },
    });
    const context = testContext(db, { mediaServer });
    expect(await syncSeries(context, {})).toMatchObject({ seriesSeen: 2, seriesAdded: 1, episodesAdded: 1 });
    const before = await rowVersions(db);
    expect(await syncSeries(context, {})).toMatchObject({ seriesUpdated: 0, episodesUpdated: 0 });
    expect(await rowVersions(db)).toEqual(before);
  });

  it('keeps title and episodes when the server gives new ids to everything [jellyfin#15001, #15544]', async () => {
    const { mediaServer, script } = twoLibraries();
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    const ids = await db.rows(
      sql`select t.id, e.id as episode, e.slot from titles t join episodes e on e.title_id = t.id order by e.id`,
    );
    for (const libraryId of ['hd', 'uhd']) {
      const renamed = <Item extends { id: string }>(items: Item[] = []) =>
        items.map((item) => ({ ...item, id: `new-${item.id}` }));
      const below = <Item extends { seriesId: string | null }>(items: Item[]) =>
        items.map((item) => ({ ...item, seriesId: `new-${item.seriesId}` }));
      script.series[libraryId] = renamed(script.series[libraryId]);
      script.seasons[libraryId] = below(renamed(script.seasons[libraryId]));
      script.episodes[libraryId] = below(renamed(script.episodes[libraryId]));
    }
    expect(await syncSeries(context, {})).toMatchObject({
      seriesAdded: 0,
      episodesAdded: 0,
      seriesRemoved: 0,
      episodesRemoved: 0,
    });
    expect(
      await db.rows(sql`
        select t.id, e.id as episode, e.slot from titles t join episodes e on e.title_id = t.id
        where t.removed_at is null and e.removed_at is null order by e.id`),
    ).toEqual(ids);
    const live = await db.rows<{ item: string }>(
      sql`select provider_item_id as item from episode_copies where removed_at is null order by 1`,
    );
    expect(live.map((copy) => copy.item)).toEqual(['new-hd-1', 'new-uhd-1', 'new-uhd-2']);
  });
});

describe('identity', () => {
  it('keeps series of one name apart by year and by ids', async () => {
    const { mediaServer } = scriptedMediaServer({
      series: {
        'lib-1': [
          series('1', 'Battlestar Galactica', { year: 1978 }),
          series('2', 'Battlestar Galactica', { year: 2004 }),
          series('3', 'Castle', { year: 2009, providerIds: { tvdb: '1' } }),
          series('4', 'Castle', { year: 2009, providerIds: { tvdb: '2' } }),
        ],
      },
    });
    expect(await syncSeries(testContext(db, { mediaServer }), {})).toMatchObject({ seriesAdded: 4 });
  });

  it('makes a new title of an item that turned out to be another series', async () => {
    const { mediaServer, script } = scriptedMediaServer({
      series: { 'lib-1': [series('x', 'The Office', { year: 2001, providerIds: { tvdb: '78107' } })] },
      episodes: { 'lib-1': [episode('x1', 'x', 1, 1), episode('x2', 'x', 1, 2)] },
    });
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    script.series['lib-1'] = [series('x', 'The Office (US)', { year: 2005, providerIds: { tvdb: '73244' } })];
    expect(await syncSeries(context, {})).toMatchObject({
      seriesAdded: 1,
      seriesRemoved: 1,
      episodesAdded: 2,
    });
    expect(await titleNames(db)).toEqual(['[The Office]', 'The Office (US)']);
    expect(await liveSlots(db, 'The Office')).toEqual([]);
    expect(await liveSlots(db, 'The Office (US)')).toEqual(['1x1', '1x2']);
    const before = await rowVersions(db);
    await syncSeries(context, {});
    expect(await rowVersions(db)).toEqual(before);
  });
});
