import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syncSeries } from '../../../src/catalog/sync-series.ts';
import type { EpisodeItem, SeriesItem } from '../../../src/media-server/media-server.ts';
import type { Database } from '../../../src/platform/database.ts';
import { liveSlots, titleNames } from '../../support/catalog-state.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { episode, library, scriptedMediaServer, series } from '../../support/scripted-media-server.ts';

let db: Database;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

/** A series with episodes 1x1 to 1x`count`; its version tells how many. */
function show(id: string, name: string, count: number, part: Partial<SeriesItem> = {}) {
  return {
    series: series(id, name, { version: String(count), ...part }),
    episodes: Array.from({ length: count }, (_, index) => episode(`${id}-${index + 1}`, id, 1, index + 1)),
  };
}

function library1(shows: readonly { series: SeriesItem; episodes: readonly EpisodeItem[] }[]) {
  return {
    series: { 'lib-1': shows.map((one) => one.series) },
    episodes: { 'lib-1': shows.flatMap((one) => [...one.episodes]) },
  };
}

function start(shows: Parameters<typeof library1>[0]) {
  const { mediaServer, script } = scriptedMediaServer(library1(shows));
  const context = testContext(db, { mediaServer });
  return {
    sync: () => syncSeries(context, {}),
    become: (changed: Parameters<typeof library1>[0]) => Object.assign(script, library1(changed)),
  };
}

/** Our ids of titles and episodes with their names: what a history hangs on. */
function ids() {
  return db.rows(sql`
    select t.id as title, e.id as episode, e.slot from titles t join episodes e on e.title_id = t.id order by e.id`);
}

const ID = (tvdb: string) => ({ providerIds: { tvdb } });

describe('a series keeps its title and its episodes', () => {
  it.each<[string, Partial<SeriesItem>]>([
    ['when its year changes', { year: 2010, ...ID('7') }],
    ['when its name changes', { name: 'Quite Another Name', year: 2009, ...ID('7') }],
    ['when an id is added', { year: 2009, providerIds: { tvdb: '7', imdb: 'tt7' } }],
    ['when one id is corrected and another agrees', { year: 2009, providerIds: { tvdb: '7', tmdb: '99' } }],
    ['when it loses its ids', { year: 2009 }],
  ])('%s, with a new item id as without', async (_what, part) => {
    const first = { year: 2009, providerIds: { tvdb: '7', tmdb: '8' } };
    const { sync, become } = start([show('a', 'Castle', 3, first)]);
    await sync();
    const before = await ids();
    become([show('a', 'Castle', 3, part)]);
    await sync();
    become([show('b', 'Castle', 3, part)]);
    expect(await sync()).toMatchObject({ seriesAdded: 0, seriesRemoved: 0, episodesRemoved: 0 });
    expect(await ids()).toEqual(before);
  });
});

describe('two series', () => {
  it('of one name and one year are told apart by their ids, also after a rescan', async () => {
    const both = (prefix: string) => [
      show(`${prefix}1`, 'The Kingdom', 2, { year: 2019, ...ID('1') }),
      show(`${prefix}2`, 'The Kingdom', 5, { year: 2019, ...ID('2') }),
    ];
    const { sync, become } = start(both('a'));
    expect(await sync()).toMatchObject({ seriesAdded: 2, episodesAdded: 7 });
    const before = await ids();
    become(both('b'));
    expect(await sync()).toMatchObject({ seriesAdded: 0, seriesRemoved: 0 });
    expect(await ids()).toEqual(before);
  });

  it('whose ids are swapped on the server follow their ids, with all their episodes', async () => {
    const { sync, become } = start([
      show('a', 'Alpha', 2, { year: 2001, ...ID('1') }),
      show('b', 'Beta', 4, { year: 2002, ...ID('2') }),
    ]);
    await sync();
    become([
      show('a', 'Alpha', 2, { year: 2001, ...ID('2') }),
      show('b', 'Beta', 4, { year: 2002, ...ID('1') }),
    ]);
    expect(await sync()).toMatchObject({ seriesAdded: 0, seriesRemoved: 0 });
    expect(await titleNames(db)).toEqual(['Alpha', 'Beta']);
    expect([(await liveSlots(db, 'Alpha')).length, (await liveSlots(db, 'Beta')).length]).toEqual([2, 4]);
    expect(await db.rows(sql`select name, tvdb_id from titles order by name`)).toEqual([
      { name: 'Alpha', tvdb_id: '2' },
      { name: 'Beta', tvdb_id: '1' },
    ]);
  });

  it('that the server merges lose nothing: the one that is left has the episodes', async () => {
    const { sync, become } = start([
      show('a', 'Money Heist', 2, { year: 2017, ...ID('1') }),
      show('b', 'La casa de papel', 2, { year: 2017, ...ID('9') }),
    ]);
    await sync();
    const before = await ids();
    become([show('a', 'Money Heist', 4, { year: 2017, ...ID('1') })]);
    expect(await sync()).toMatchObject({ seriesRemoved: 1, episodesAdded: 2 });
    expect(await liveSlots(db, 'Money Heist')).toEqual(['1x1', '1x2', '1x3', '1x4']);
    expect((await ids()).slice(0, before.length)).toEqual(before);
  });

  it('that come of splitting one have their own episodes, and the old ones keep their ids', async () => {
    const { sync, become } = start([show('a', 'Doctor Who', 4, { year: 1963, ...ID('1') })]);
    await sync();
    const before = await ids();
    const { series: old, episodes } = show('a', 'Doctor Who', 2, { year: 1963, ...ID('1') });
    const moved = ['a-3', 'a-4'].map((id, index) => episode(id, 'b', 1, index + 1));
    become([
      { series: old, episodes },
      { series: series('b', 'Doctor Who', { year: 2005, version: '2', ...ID('2') }), episodes: moved },
    ]);
    expect(await sync()).toMatchObject({
      seriesAdded: 1,
      seriesRemoved: 0,
      episodesAdded: 2,
      episodesRemoved: 2,
    });
    expect((await ids()).slice(0, 4)).toEqual(before);
    expect(await db.rows(sql`select slot from episodes where removed_at is not null order by 1`)).toEqual([
      { slot: '1x3' },
      { slot: '1x4' },
    ]);
  });
});

describe('copies', () => {
  it('of one series in HD and 4K are one title, which stays while either does', async () => {
    const { mediaServer, script } = scriptedMediaServer({
      libraries: [library('hd', 'HD'), library('uhd', '4K')],
      series: {
        hd: [series('h', 'Dark', { year: 2017, version: '1', ...ID('1') })],
        uhd: [series('u', 'Dark: 4K', { version: '2', providerIds: { tvdb: '1', tmdb: '70523' } })],
      },
      episodes: { hd: [episode('h1', 'h', 1, 1)], uhd: [episode('u1', 'u', 1, 1), episode('u2', 'u', 1, 2)] },
    });
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    const before = await ids();
    expect(await titleNames(db)).toEqual(['Dark']);
    script.series.hd = [];
    script.episodes.hd = [];
    expect(await syncSeries(context, {})).toMatchObject({ seriesRemoved: 0, episodesRemoved: 0 });
    expect(await ids()).toEqual(before);
    expect(await titleNames(db)).toEqual(['Dark: 4K']);
  });

  it('that nothing says are of one series are two titles until they share an id', async () => {
    const { mediaServer, script } = scriptedMediaServer({
      series: {
        'lib-1': [
          series('a', 'Dark', { year: 2017, ...ID('1') }),
          series('b', 'Dark', { year: 2019, providerIds: { tmdb: '70523' } }),
        ],
      },
      episodes: { 'lib-1': [episode('a1', 'a', 1, 1), episode('b1', 'b', 1, 1)] },
    });
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    const before = await ids();
    expect(await titleNames(db)).toEqual(['Dark', 'Dark']);
    script.series['lib-1']?.splice(
      1,
      1,
      series('b', 'Dark', { overview: 'New.', providerIds: { tmdb: '70523' } }),
    );
    expect(await syncSeries(context, {})).toMatchObject({ seriesAdded: 0, seriesRemoved: 0 });
    expect(await ids()).toEqual(before);
    script.series['lib-1']?.splice(1, 1, series('b', 'Dark', { providerIds: { tvdb: '1', tmdb: '70523' } }));
    expect(await syncSeries(context, {})).toMatchObject({
      seriesAdded: 0,
      seriesRemoved: 0,
      episodesRemoved: 0,
    });
    expect(await ids()).toEqual(before.slice(0, 1));
    expect(await titleNames(db)).toEqual(['Dark', '[Dark]']);
  });
});

describe('episodes', () => {
  it('of every kind have places of their own that outlive a new scan', async () => {
    const kinds = (id: string) => ({
      series: series(id, 'One Piece', { year: 1999, version: '6', ...ID('81797') }),
      episodes: [
        episode(`${id}-double`, id, 1, 1, { numberEnd: 2 }),
        episode(`${id}-special`, id, 0, 1),
        episode(`${id}-extra`, id, 0, 0, { number: null, name: 'Creditless Opening' }),
        // Absolute numbering: season 1 runs on to any number.
        episode(`${id}-absolute`, id, 1, 1071),
        // A date as a number of the last episode is no range of millions.
        episode(`${id}-dated`, id, 1, 20, { numberEnd: 20_240_101 }),
        // An end before the start, as some files have it.
        episode(`${id}-backwards`, id, 1, 30, { numberEnd: 29 }),
      ],
    });
    const { sync, become } = start([kinds('a')]);
    await sync();
    const slots = ['0x1', '0:creditless opening', '1x1', '1x2', '1x20', '1x30', '1x1071'];
    expect(await liveSlots(db, 'One Piece')).toEqual(slots);
    const before = await ids();
    become([kinds('b')]);
    await sync();
    expect(await ids()).toEqual(before);
    expect(await liveSlots(db, 'One Piece')).toEqual(slots);
  });
});
