import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syncSeries } from '../../../src/catalog/sync-series.ts';
import type { Database, Queryable } from '../../../src/platform/database.ts';
import { syncSeriesWatchHistory } from '../../../src/watch/sync-series-watch-history.ts';
import { rowVersions } from '../../support/catalog-state.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import {
  episode,
  played,
  type Script,
  scriptedMediaServer,
  season,
  series,
} from '../../support/scripted-media-server.ts';

const SERIES = 2_000;
const EPISODES = 20;
const PAGES = (SERIES + SERIES * EPISODES + SERIES) / 500;

let db: Database;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

describe('a library of 2,000 series and 40,000 episodes', () => {
  it('is synced with a handful of statements a page, and written once', { timeout: 300_000 }, async () => {
    const counted = countStatements(db);
    const { mediaServer, script } = scriptedMediaServer(largeLibrary());
    const context = testContext(counted.db, { mediaServer });
    expect(await syncSeries(context, {})).toMatchObject({
      seriesAdded: SERIES,
      episodesAdded: SERIES * EPISODES,
      skipped: 0,
    });
    expect(counted.statements()).toBeLessThan(PAGES * 6);

    const before = await rowVersions(db);
    expect(await syncSeries(context, {})).toMatchObject({ seriesUpdated: 0, episodesUpdated: 0 });
    expect(await rowVersions(db)).toEqual(before);

    counted.reset();
    const items = script.episodes['lib-1'] ?? [];
    script.playStates['admin/lib-1'] = items
      .slice(0, 10_000)
      .map((item) => played(item.id, '2026-11-01T20:00:00Z'));
    expect(await syncSeriesWatchHistory(context, { newUsers: 'enabled' })).toMatchObject({
      playStatesChanged: 10_000,
      seriesStatesChanged: 500,
    });
    expect(counted.statements()).toBeLessThan(60);
  });
});

function largeLibrary(): Partial<Script> {
  const all = Array.from({ length: SERIES }, (_, index) =>
    series(`s${index}`, `Show ${index}`, { year: 2000, providerIds: { tvdb: String(index + 1) } }),
  );
  return {
    series: { 'lib-1': all },
    seasons: { 'lib-1': all.map(({ id }) => season(`${id}-1`, id, 1)) },
    episodes: {
      'lib-1': all.flatMap(({ id }) =>
        Array.from({ length: EPISODES }, (_, index) => episode(`${id}-e${index}`, id, 1, index + 1)),
      ),
    },
  };
}

/** The same database, with its statements counted. */
function countStatements(real: Database) {
  let statements = 0;
  const counting = (queryable: Queryable): Queryable => ({
    orm: queryable.orm,
    rows: (statement) => {
      statements += 1;
      return queryable.rows(statement);
    },
  });
  const counted: Database = {
    ...real,
    ...counting(real),
    transaction: (work) => real.transaction((tx) => work(counting(tx))),
  };
  return {
    db: counted,
    statements: () => statements,
    reset: () => {
      statements = 0;
    },
  };
}
