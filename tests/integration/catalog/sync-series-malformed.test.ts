import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syncSeries } from '../../../src/catalog/sync-series.ts';
import type { Database } from '../../../src/platform/database.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { malformed } from '../../support/malformed-answers.ts';
import { type SeededRandom, seededRandom } from '../../support/seeded-random.ts';
import {
  type Answer,
  clientOf,
  JELLYFIN_INFO,
  type ScriptedServer,
  startScriptedServer,
} from '../media-server/scripted-server.ts';

const SERIES = 12;
const EPISODES = 3;
const MALFORMED = 300;

let db: Database;
let server: ScriptedServer;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(async () => {
  await server.close();
  await db.close();
});

const shows = Array.from({ length: SERIES }, (_, index) => ({
  Id: `s${index}`,
  Type: 'Series',
  Name: `Show ${index}`,
  ProductionYear: 2000,
  ProviderIds: { Tvdb: String(500 + index) },
  Overview: 'First.',
  RecursiveItemCount: EPISODES,
  Etag: 'e',
}));
const seasons = shows.map(({ Id }) => ({
  Id: `${Id}-1`,
  Type: 'Season',
  Name: 'Season 1',
  SeriesId: Id,
  IndexNumber: 1,
}));
const episodes = shows.flatMap(({ Id }) =>
  Array.from({ length: EPISODES }, (_, index) => ({
    Id: `${Id}-1-${index}`,
    Type: 'Episode',
    Name: `Episode ${index}`,
    SeriesId: Id,
    ParentIndexNumber: 1,
    IndexNumber: index + 1,
  })),
);

type Item = (typeof shows | typeof seasons | typeof episodes)[number];

/** An answer that is broken as a whole. */
function brokenAnswer(random: SeededRandom, items: readonly Item[], isCount: boolean): Answer {
  // A list that is empty for once; who counts as well as lists nothing is believed.
  if (!isCount && random.happens(0.1)) return { json: { Items: [], TotalRecordCount: 0 } };
  const text = JSON.stringify({ Items: items, TotalRecordCount: items.length });
  return random.pick<Answer>([
    { text: text.slice(0, random.below(text.length)) },
    { text: `<html>${text}` },
    { text: '' },
    { json: null },
    { json: [] },
    { json: {} },
    { json: { Items: null } },
    { json: { Items: { 0: items[0] } } },
    { json: { Items: [{ Id: 'lib', Type: 'CollectionFolder', Name: 'Shows' }] } },
    { json: 'Access token is invalid or expired.' },
    { status: 500, text: 'Object reference not set to an instance of an object.' },
    { status: 404, json: { title: 'Not Found' } },
  ]);
}

/** A list of which one item cannot be an item, or has nonsense in properties that do not say what it is. */
function brokenItem(random: SeededRandom, items: readonly Item[]): Answer {
  const at = random.below(items.length);
  const spoil = (item: Item): unknown => {
    if (random.happens(0.3)) return random.pick([null, 'text', 7, [], {}]);
    if (random.happens(0.3)) return { ...item, Id: random.pick([null, '', {}, 'a/b', -1]) };
    if (random.happens(0.3)) return { ...item, Type: random.pick([null, 3, ['Series'], {}]) };
    if (item.Type !== 'Series') return item;
    const { Id, Type, ...rest } = item;
    const spoiled = malformed(random, rest);
    return { ...(typeof spoiled === 'object' ? spoiled : {}), Id, Type };
  };
  return { json: { Items: items.map((item, index) => (index === at ? spoil(item) : item)) } };
}

describe(`${MALFORMED} malformed answers over HTTP`, () => {
  it('crash no sync and mark nothing removed, and the next good one finds all as it was', {
    timeout: 300_000,
  }, async () => {
    const random = seededRandom(7);
    let served = 0;
    let isBroken = false;
    server = await startScriptedServer(({ path, query }): Answer => {
      if (path.startsWith('/System/Info')) return { json: JELLYFIN_INFO };
      if (path === '/Library/VirtualFolders')
        return { json: [{ Name: 'Shows', ItemId: 'lib', CollectionType: 'tvshows', Locations: ['/tv'] }] };
      if (path === '/Users') return { json: [{ Id: 'u', Name: 'admin', Policy: { IsAdministrator: true } }] };
      const type = query.get('IncludeItemTypes');
      const all: readonly Item[] = type === 'Series' ? shows : type === 'Season' ? seasons : episodes;
      const parent = query.get('ParentId');
      const items =
        parent === 'lib' ? all : all.filter((item) => 'SeriesId' in item && item.SeriesId === parent);
      const from = Number(query.get('StartIndex'));
      const page = items.slice(from, from + Number(query.get('Limit')));
      if (!isBroken || page.length === 0 || random.happens(0.4)) return { json: { Items: page } };
      served += 1;
      return random.happens(0.5)
        ? brokenAnswer(random, page, query.get('EnableTotalRecordCount') === 'true')
        : brokenItem(random, page);
    });
    const mediaServer = clientOf(server, { pageSize: 8, http: { backoffMs: 1, maxDelayMs: 1, tries: 2 } });
    const context = testContext(db, { mediaServer });
    await syncSeries(context, {});
    const removed = () =>
      db.rows(sql`
        select 'title' as what from titles where removed_at is not null
        union all select 'episode' from episodes where removed_at is not null
        union all select 'copy' from title_copies where removed_at is not null
        union all select 'file' from episode_copies where removed_at is not null`);
    let succeeded = 0;
    while (served < MALFORMED) {
      isBroken = true;
      const full = random.happens(0.5);
      await syncSeries(context, { full, allowLargeRemoval: true }).then(
        () => {
          succeeded += 1;
        },
        (error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^MEDIA_SERVER_/) }),
      );
      expect(await removed()).toEqual([]);
    }
    expect(succeeded).toBeGreaterThan(5);
    isBroken = false;
    const counts = await syncSeries(context, { full: true, allowLargeRemoval: true });
    expect(counts).toMatchObject({ seriesSeen: SERIES, seriesRemoved: 0, episodesRemoved: 0, skipped: 0 });
    expect(await db.rows(sql`select count(*)::int as n from titles where overview = 'First.'`)).toEqual([
      { n: SERIES },
    ]);
  });
});
