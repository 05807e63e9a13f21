import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syncSeries } from '../../../src/catalog/sync-series.ts';
import type { SeriesItem } from '../../../src/media-server/media-server.ts';
import type { Database } from '../../../src/platform/database.ts';
import { catalogContent, rowVersions, titleNames } from '../../support/catalog-state.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import {
  episode,
  failsAt,
  library,
  type Script,
  scriptedMediaServer,
  season,
  series,
} from '../../support/scripted-media-server.ts';

let db: Database;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

function shows(count: number, prefix = 's'): SeriesItem[] {
  return Array.from({ length: count }, (_, index) =>
    series(`${prefix}${index}`, `Show ${prefix} ${index}`, { providerIds: { tvdb: `${prefix}-${index}` } }),
  );
}

/** Everything of `shows(count)`: two seasons of two episodes each. */
function filled(count: number, prefix = 's'): Pick<Script, 'series' | 'seasons' | 'episodes'> {
  const all = shows(count, prefix);
  const numbers = [1, 2];
  return {
    series: { 'lib-1': all },
    seasons: {
      'lib-1': all.flatMap(({ id }) =>
        numbers.map((n) => season(`${id}-s${n}`, id, n, { name: `Season ${n}` })),
      ),
    },
    episodes: {
      'lib-1': all.flatMap(({ id }) =>
        numbers.flatMap((s) => numbers.map((n) => episode(`${id}-${s}-${n}`, id, s, n))),
      ),
    },
  };
}

async function removedTitles(): Promise<number> {
  return (await titleNames(db)).filter((name) => name.startsWith('[')).length;
}

describe('a large removal', () => {
  it('is refused beyond 30 % of at least 20 titles, and done when allowed', async () => {
    const { mediaServer, script } = scriptedMediaServer(filled(20));
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    const before = await rowVersions(db);

    script.series = { 'lib-1': shows(20).slice(7) };
    expect(await syncSeries(context, {})).toMatchObject({
      libraries: 1,
      seriesRemoved: 0,
      episodesRemoved: 0,
    });
    expect(context.record.failures).toMatchObject([
      {
        item: 'Shows',
        error: { code: 'LARGE_REMOVAL', field: 'allowLargeRemoval', remedy: expect.any(String) },
      },
    ]);
    expect(await rowVersions(db)).toEqual(before);

    expect(await syncSeries(context, { allowLargeRemoval: true })).toMatchObject({
      seriesRemoved: 7,
      episodesRemoved: 28,
    });
    expect(await removedTitles()).toBe(7);
  });

  it('is no removal at exactly 30 %, nor in a small library', async () => {
    const { mediaServer, script } = scriptedMediaServer({
      libraries: [library('lib-1', 'Shows'), library('small', 'Small')],
      series: { 'lib-1': shows(20), small: shows(19, 'small') },
    });
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    script.series = { 'lib-1': shows(14) };
    expect(await syncSeries(context, {})).toMatchObject({ seriesRemoved: 6 + 19 });
    expect(context.record.failures).toEqual([]);
  });

  it('is refused as well when most episodes vanish, or a whole library', async () => {
    const { mediaServer, script } = scriptedMediaServer(filled(20));
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    const before = await rowVersions(db);
    script.episodes = {};
    await syncSeries(context, {});
    script.libraries = [library('films', 'Films', { collectionType: 'movies' })];
    await syncSeries(context, {});
    expect(context.record.failures).toMatchObject([
      { error: { code: 'LARGE_REMOVAL', message: expect.stringContaining('80 of 80 episodes') } },
      { error: { code: 'LARGE_REMOVAL', message: expect.stringContaining('20 of 20 titles') } },
    ]);
    expect(await rowVersions(db)).toEqual(before);
    await syncSeries(context, { allowLargeRemoval: true });
    expect(await removedTitles()).toBe(20);
  });

  it('is not seen in items that merely got new ids', async () => {
    const { mediaServer, script } = scriptedMediaServer(filled(20));
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    script.episodes = {
      'lib-1': script.episodes['lib-1']?.map((item) => ({ ...item, id: `new-${item.id}` })) ?? [],
    };
    expect(await syncSeries(context, {})).toMatchObject({ episodesAdded: 0, episodesRemoved: 0 });
    expect(context.record.failures).toEqual([]);
  });
});

describe('a failure midway', () => {
  it('leaves its library without removals and goes on with the next', async () => {
    const { mediaServer, script } = scriptedMediaServer({
      libraries: [library('lib-1', 'Shows'), library('lib-2', 'More')],
      series: { 'lib-1': shows(5), 'lib-2': shows(5, 't') },
      pageSize: 2,
    });
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    script.series = { 'lib-1': shows(4), 'lib-2': shows(4, 't') };
    script.beforePage = failsAt('series', 1, 'lib-1');
    expect(await syncSeries(context, {})).toMatchObject({ libraries: 1, seriesRemoved: 1 });
    expect(context.record.failures).toMatchObject([
      { item: 'Shows', error: { code: 'MEDIA_SERVER_UNREACHABLE' } },
    ]);
    expect(await titleNames(db)).toContain('[Show t 4]');
    expect(await titleNames(db)).toContain('Show s 4');
  });

  it('is thrown when every library failed', async () => {
    const { mediaServer, script } = scriptedMediaServer({ series: { 'lib-1': shows(5) } });
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    script.series = {};
    script.beforePage = failsAt('series', 0);
    await expect(syncSeries(context, {})).rejects.toMatchObject({ code: 'MEDIA_SERVER_UNREACHABLE' });
    expect(await removedTitles()).toBe(0);
  });

  it('that is a bug of ours is not taken for one of the server', async () => {
    const { mediaServer } = scriptedMediaServer({
      beforePage: () => {
        throw new TypeError('a bug');
      },
    });
    await expect(syncSeries(testContext(db, { mediaServer }), {})).rejects.toThrow('a bug');
  });
});

describe('a sync that is cut off', () => {
  const changes = (script: Script) => {
    const later = filled(12);
    script.series = {
      'lib-1': (later.series['lib-1'] ?? []).slice(1).map((item) => ({ ...item, overview: 'New.' })),
    };
    script.seasons = later.seasons;
    script.episodes = { 'lib-1': (later.episodes['lib-1'] ?? []).filter((item) => item.id !== 's3-2-2') };
  };

  it('gives the same rows as an undisturbed one once it is run again, wherever it was cut', {
    timeout: 300_000,
  }, async () => {
    const undisturbed = scriptedMediaServer({ ...filled(10), pageSize: 4 });
    const context = testContext(db, { mediaServer: undisturbed.mediaServer });
    await syncSeries(context, {});
    const pages: string[] = [];
    changes(undisturbed.script);
    undisturbed.script.beforePage = (kind, _list, page) => pages.push(`${kind} ${page}`);
    await syncSeries(context, {});
    const expected = await catalogContent(db);
    expect(pages.length).toBeGreaterThan(15);

    for (const cut of pages.filter((_, index) => index % 3 === 0)) {
      await using disturbed = await freshDatabase();
      const { mediaServer, script } = scriptedMediaServer({ ...filled(10), pageSize: 4 });
      await syncSeries(testContext(disturbed.db, { mediaServer }), {});
      changes(script);
      const stop = new AbortController();
      script.beforePage = (kind, list, page) => {
        if (`${kind} ${page}` !== cut) return;
        stop.abort(new Error('stopped'));
        list.signal.throwIfAborted();
      };
      const cutOff = testContext(disturbed.db, { mediaServer, signal: stop.signal });
      await expect(syncSeries(cutOff, {})).rejects.toThrow('stopped');
      expect(await disturbed.db.rows(sql`select id from titles where removed_at is not null`)).toEqual([]);
      script.beforePage = () => {};
      await syncSeries(testContext(disturbed.db, { mediaServer }), {});
      expect(await catalogContent(disturbed.db)).toEqual(expected);
    }
  });
});

async function freshDatabase() {
  const fresh = await createTestDatabase();
  return { db: fresh, [Symbol.asyncDispose]: () => fresh.close() };
}
