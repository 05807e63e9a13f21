import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syncSeries } from '../../../src/catalog/sync-series.ts';
import type { SeriesItem } from '../../../src/media-server/media-server.ts';
import type { Database } from '../../../src/platform/database.ts';
import { syncSeriesWatchHistory } from '../../../src/watch/sync-series-watch-history.ts';
import { liveSlots } from '../../support/catalog-state.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import {
  episode,
  library,
  played,
  scriptedMediaServer,
  series,
  user,
} from '../../support/scripted-media-server.ts';
import { seededRandom } from '../../support/seeded-random.ts';

let db: Database;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

/** Two series of the server, each in a library of its own, so that nothing but an id can tell that they are one. */
function start() {
  const { mediaServer, script } = scriptedMediaServer({
    libraries: [library('hd', 'HD'), library('uhd', '4K')],
    users: [user('admin', { isAdmin: true }), user('mia')],
  });
  const context = testContext(db, { mediaServer });
  const put = (libraryId: string, name: string, slots: readonly number[], part: Partial<SeriesItem> = {}) => {
    script.series[libraryId] = [series(libraryId, name, { version: `${slots}`, ...part })];
    script.episodes[libraryId] = slots.map((number) =>
      episode(`${libraryId}-${number}`, libraryId, 1, number),
    );
  };
  return {
    script,
    put,
    context,
    sync: (dryRun = false) => syncSeries(context, { dryRun }),
    history: () => syncSeriesWatchHistory(context, { newUsers: 'enabled', full: true }),
  };
}

const titles = () =>
  db.rows<{ id: number; name: string; removed: boolean; into: number | null }>(sql`
    select id, name, removed_at is not null as removed, merged_into_id as into from titles order by id`);

const playsOf = (name: string) =>
  db.rows(sql`
    select e.slot, p.played_at::text as at, p.percentage from plays p join episodes e on e.id = p.episode_id
    join titles t on t.id = e.title_id where t.name = ${name} order by e.slot, p.played_at`);

describe('two titles that turn out to be one series', () => {
  it('become the older one with the plays, states and copies of both, and the other one leads to it', async () => {
    const { put, script, sync, history, context } = start();
    put('hd', 'Money Heist', [1, 2], { providerIds: { tvdb: '7' } });
    put('uhd', 'La casa de papel', [1, 2, 3]);
    await sync();
    script.playStates['mia/hd'] = [played('hd-1', '2026-01-01T20:00:00Z')];
    script.playStates['mia/uhd'] = [
      played('uhd-1', '2026-02-01T20:00:00Z', { playCount: 3, isFavorite: true }),
      played('uhd-2', '2026-02-02T20:00:00Z'),
      played('uhd-3', '2026-02-03T20:00:00Z'),
    ];
    await history();

    put('uhd', 'La casa de papel', [1, 2, 3], { providerIds: { tvdb: '7', imdb: 'tt9' } });
    const said = await sync(true);
    expect(await titles()).toMatchObject([{ into: null }, { into: null }]);
    expect(await sync()).toEqual(said);

    const [kept, gone] = await titles();
    expect(kept).toMatchObject({ name: 'Money Heist', removed: false, into: null });
    expect(gone).toMatchObject({ removed: true, into: kept?.id });
    expect(await liveSlots(db, 'Money Heist')).toEqual(['1x1', '1x2', '1x3']);
    expect(await playsOf('Money Heist')).toEqual([
      { slot: '1x1', at: '2026-01-01 20:00:00+00', percentage: 1 },
      { slot: '1x1', at: '2026-02-01 20:00:00+00', percentage: 1 },
      { slot: '1x2', at: '2026-02-02 20:00:00+00', percentage: 1 },
      { slot: '1x3', at: '2026-02-03 20:00:00+00', percentage: 1 },
    ]);
    expect(
      await db.rows(sql`
        select e.slot, s.played, s.play_count, s.is_favorite, s.last_played_at::text as at
        from play_states s join episodes e on e.id = s.episode_id where e.slot = '1x1'`),
    ).toEqual([
      { slot: '1x1', played: true, play_count: 3, is_favorite: true, at: '2026-02-01 20:00:00+00' },
    ]);
    expect(await db.rows(sql`select title_id from title_copies order by id`)).toEqual([
      { title_id: kept?.id },
      { title_id: kept?.id },
    ]);
    expect(await db.rows(sql`select tvdb_id, imdb_id from titles where id = ${kept?.id ?? 0}`)).toEqual([
      { tvdb_id: '7', imdb_id: 'tt9' },
    ]);
    expect(context.record.lines.map((line) => line.message)).toEqual([
      'Would merge with another series: La casa de papel',
      'Merged two series that share their ids now: La casa de papel',
    ]);

    await history();
    expect(await db.rows(sql`select title_id, state, watched_count from series_states`)).toEqual([
      { title_id: kept?.id, state: expect.any(String), watched_count: 3 },
    ]);
    expect(await sync()).toMatchObject({ seriesAdded: 0, seriesRemoved: 0, episodesRemoved: 0 });
  });

  it('stay two while an id of another kind differs', async () => {
    const { put, sync } = start();
    put('hd', 'One', [1], { providerIds: { tvdb: '7' } });
    put('uhd', 'Other', [1], { providerIds: { tvdb: '8' } });
    await sync();
    put('hd', 'One', [1], { providerIds: { tvdb: '7', imdb: 'tt9' } });
    await sync();
    put('uhd', 'Other', [1], { providerIds: { tvdb: '8', imdb: 'tt9' } });
    await sync();
    expect(await titles()).toMatchObject([{ into: null }, { into: null }]);
  });

  it('come back as the one that was kept after the server gave all of them new ids', async () => {
    const { put, sync, script } = start();
    put('hd', 'One', [1], { providerIds: { tvdb: '7' } });
    put('uhd', 'Other', [1]);
    await sync();
    put('uhd', 'Other', [1], { providerIds: { tvdb: '7' } });
    await sync();
    script.series = { hd: [], uhd: [series('new', 'Other', { version: '1' })] };
    script.episodes = { hd: [], uhd: [episode('new-1', 'new', 1, 1)] };
    await sync();
    script.series.uhd = [series('newer', 'Other', { version: '2', providerIds: { tvdb: '7' } })];
    script.episodes.uhd = [episode('newer-1', 'newer', 1, 1)];
    await sync();
    expect((await titles()).filter((title) => !title.removed)).toMatchObject([{ id: 1 }]);
  });

  it('take whatever refers to them along, in every table that does', async () => {
    const { put, sync } = start();
    put('hd', 'One', [1], { providerIds: { tvdb: '7' } });
    put('uhd', 'Other', [1]);
    await sync();
    await db.rows(sql`
      insert into media_users (provider_id, name, folder, recommendations_enabled) values ('mia', 'Mia', 'mia', true)`);
    await db.rows(sql`
      insert into recommendation_sets (user_id, generated_at, weights_version, is_current, candidate_count, history_count, input_hash)
      values (1, now(), 'v', true, 2, 0, 'h'), (1, now(), 'v', false, 2, 0, 'h')`);
    await db.rows(sql`
      insert into picks (set_id, rank, title_id, score, parts, evidence)
      values (1, 1, 1, 1, '[]', '[]'), (1, 2, 2, 1, '[]', '[]'), (2, 1, 2, 1, '[]', '[]')`);
    await db.rows(sql`insert into feedback (user_id, title_id, rating, updated_at) values (1, 2, 9, now())`);
    put('uhd', 'Other', [1], { providerIds: { tvdb: '7' } });
    await sync();
    expect(await db.rows(sql`select title_id, rating from feedback`)).toEqual([{ title_id: 1, rating: 9 }]);
    expect(await db.rows(sql`select set_id, rank, title_id from picks order by set_id, rank`)).toEqual([
      { set_id: 1, rank: 1, title_id: 1 },
      // A set that held both keeps the pick of the title that is gone, which nobody is shown.
      { set_id: 1, rank: 2, title_id: 2 },
      { set_id: 2, rank: 1, title_id: 1 },
    ]);
  });

  it('leave no table out that refers to an episode', async () => {
    const tables = await db.rows<{ table: string }>(sql`
      select distinct conrelid::regclass::text as "table" from pg_constraint
      where contype = 'f' and confrelid = 'episodes'::regclass order by 1`);
    expect(tables.map((row) => row.table)).toEqual([
      'episode_copies',
      'play_states',
      'plays',
      'virtual_play_states',
    ]);
  });
});

const SHOWS = 4;
const COPIES = 3;
const STEPS = 14;

/** A series of the server that is in truth show `of`; it tells so only once it has an id. */
interface Copy {
  readonly of: number;
  readonly name: string;
  readonly libraryId: string;
  ids: { tvdb?: string; imdb?: string };
  episodes: number;
  generation: number;
}

describe.each([1, 2, 3])('random series that turn out to be the same, seed %i', (seed) => {
  it('lose no play and no watched episode by it, and end as one title for each', {
    timeout: 300_000,
  }, async () => {
    const random = seededRandom(seed);
    const { script, context, history } = start();
    const copies = Array.from(
      { length: SHOWS * COPIES },
      (_, index): Copy => ({
        of: index % SHOWS,
        name: `Show ${index % SHOWS} as ${'ABC'[Math.floor(index / SHOWS)] ?? ''}`,
        libraryId: random.pick(['hd', 'uhd']),
        ids: random.happens(0.2) ? idsOf(index % SHOWS).tvdb : {},
        episodes: 1 + random.below(4),
        generation: 0,
      }),
    );
    let before = await everSeen();
    for (let step = 0; step < STEPS; step++) {
      const copy = random.pick(copies);
      if (random.happens(0.4))
        Object.assign(copy.ids, idsOf(copy.of)[random.pick(['tvdb', 'imdb'] as const)]);
      if (random.happens(0.3)) random.pick(copies).episodes += 1;
      if (random.happens(0.2)) random.pick(copies).generation += 1;
      show(script, copies);
      for (let plays = random.below(4); plays > 0; plays--)
        play(script, random.pick(copies), step * 4 + plays);
      await syncBoth(context, history);
      const after = await everSeen();
      expect([...before].filter((one) => !after.has(one))).toEqual([]);
      before = after;
    }
    for (const copy of copies) copy.ids = { ...idsOf(copy.of).tvdb, ...idsOf(copy.of).imdb };
    show(script, copies);
    await syncBoth(context, history);
    const after = await everSeen();
    expect([...before].filter((one) => !after.has(one))).toEqual([]);
    const rows = await titles();
    const live = rows.filter((title) => !title.removed);
    expect(rows.length).toBeGreaterThan(live.length);
    expect(live.map((title) => title.name.slice(0, 6)).toSorted()).toEqual([
      'Show 0',
      'Show 1',
      'Show 2',
      'Show 3',
    ]);
    for (const { into } of rows.filter((title) => title.removed))
      expect(live.map((title) => title.id)).toContain(into);
  });
});

function idsOf(show: number) {
  return { tvdb: { tvdb: String(700 + show) }, imdb: { imdb: `tt${900 + show}` } };
}

async function syncBoth(context: Parameters<typeof syncSeries>[0], history: () => Promise<unknown>) {
  const said = await syncSeries(context, { dryRun: true, allowLargeRemoval: true });
  expect(await syncSeries(context, { allowLargeRemoval: true })).toEqual(said);
  await history();
}

function itemOf({ name, generation }: Copy): string {
  return `${name.replaceAll(' ', '-')}-g${generation}`;
}

function show(script: ReturnType<typeof start>['script'], copies: readonly Copy[]): void {
  for (const libraryId of ['hd', 'uhd']) {
    const own = copies.filter((copy) => copy.libraryId === libraryId);
    script.series[libraryId] = own.map((copy) =>
      series(itemOf(copy), copy.name, { providerIds: { ...copy.ids }, version: String(copy.episodes) }),
    );
    script.episodes[libraryId] = own.flatMap((copy) =>
      Array.from({ length: copy.episodes }, (_, index) =>
        episode(`${itemOf(copy)}-${index + 1}`, itemOf(copy), 1, index + 1),
      ),
    );
  }
}

/** Plays the first or the last episode. */
function play(script: ReturnType<typeof start>['script'], copy: Copy, hour: number): void {
  const at = new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
  const key = `mia/${copy.libraryId}`;
  const itemId = `${itemOf(copy)}-${hour % 2 === 0 ? 1 : copy.episodes}`;
  const others = (script.playStates[key] ?? []).filter((item) => item.itemId !== itemId);
  script.playStates[key] = [...others, played(itemId, at)];
}

/** Every play, and every episode that counts as played, by what the show is in truth. */
async function everSeen(): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ text: string }>(sql`
    with named as (
      select e.id, left(t.name, 6) || ' ' || e.slot as name from episodes e join titles t on t.id = e.title_id)
    select 'play ' || n.name || ' ' || p.played_at as text from plays p join named n on n.id = p.episode_id
    union select 'played ' || n.name from play_states s join named n on n.id = s.episode_id where s.played`);
  return new Set(rows.map((row) => row.text));
}
