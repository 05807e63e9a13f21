import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SyncSeriesInput, syncSeries } from '../../../src/catalog/sync-series.ts';
import type { EpisodeItem, SeriesItem } from '../../../src/media-server/media-server.ts';
import type { Database } from '../../../src/platform/database.ts';
import { catalogContent, rowVersions } from '../../support/catalog-state.ts';
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
import { type SeededRandom, seededRandom } from '../../support/seeded-random.ts';

let db: Database;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

const STEPS = 12;

/** A show as a disk holds it; `episodes` are keys such as `1x2`. */
interface Show {
  name: string;
  year: number | null;
  tvdb: string | null;
  overview: string;
  episodes: Set<string>;
  /** Goes up with every episode added, as Jellyfin's DateLastMediaAdded does. */
  added: number;
  /** Part of all its item ids; another one after a rescan. */
  generation: number;
}

type Disk = Record<string, Map<string, Show>>;

describe.each([1, 2, 3])('random libraries and edits, seed %i', (seed) => {
  it('leave after each sync what the server shows, as the dry run said, and nothing for a full pass', {
    timeout: 300_000,
  }, async () => {
    const random = seededRandom(seed);
    const disk: Disk = { hd: new Map(), uhd: new Map() };
    const { mediaServer, script } = scriptedMediaServer({
      libraries: [library('hd', 'HD'), library('uhd', '4K')],
      pageSize: 3,
    });
    const context = testContext(db, { mediaServer });
    const everSeen = new Map<string, number>();
    for (let step = 0; step < STEPS; step++) {
      for (let edit = 0; edit < 1 + random.below(6); edit++) change(random, disk);
      show(script, disk);
      if (random.happens(0.3)) await syncWithOutage(random, script, () => sync(context));
      const said = await dryRun(context, {});
      expect(await sync(context)).toEqual(said);
      expect(await liveSlotsByItem()).toEqual(expectedSlots(disk));
      for (const { slot, id } of await episodesByIdentity()) {
        expect(everSeen.get(slot) ?? id).toBe(id);
        everSeen.set(slot, id);
      }
      expect(await episodesByIdentity()).toHaveLength(everSeen.size);
      // A copy that takes over from one that went later in the same run is read by the next run.
      await sync(context);
      const before = await rowVersions(db);
      await sync(context);
      expect(await rowVersions(db)).toEqual(before);
      const content = await catalogContent(db);
      await sync(context, { full: true });
      expect(await catalogContent(db)).toEqual(content);
    }
  });
});

function sync(context: Parameters<typeof syncSeries>[0], input: SyncSeriesInput = {}) {
  return syncSeries(context, { allowLargeRemoval: true, ...input });
}

async function dryRun(context: Parameters<typeof syncSeries>[0], input: SyncSeriesInput) {
  const before = [
    await rowVersions(db),
    await db.rows(sql`select xmin::text, ctid::text, id from libraries`),
  ];
  const counts = await sync(context, { ...input, dryRun: true });
  expect([
    await rowVersions(db),
    await db.rows(sql`select xmin::text, ctid::text, id from libraries`),
  ]).toEqual(before);
  return counts;
}

async function syncWithOutage(
  random: SeededRandom,
  script: Script,
  run: () => Promise<unknown>,
): Promise<void> {
  const kind = random.pick(['series', 'episodes', 'seasons'] as const);
  script.beforePage = failsAt(kind, random.below(3), random.happens(0.5) ? 'hd' : 'uhd');
  const removed = () => db.rows(sql`select id from titles where removed_at is not null order by id`);
  const before = await removed();
  const failed = await run().then(
    () => false,
    () => true,
  );
  if (failed) expect(await removed()).toEqual(before);
  script.beforePage = () => {};
}

function change(random: SeededRandom, disk: Disk): void {
  const shows = disk[random.pick(['hd', 'uhd'])] ?? new Map<string, Show>();
  const index = random.below(12);
  const key = `show ${index}`;
  const existing = shows.get(key);
  if (!existing) {
    shows.set(key, newShow(random, index));
    return;
  }
  switch (random.below(7)) {
    case 0:
      shows.delete(key);
      break;
    case 1:
      existing.overview = `Told ${random.below(1_000)} times.`;
      break;
    case 2:
      existing.generation += 1;
      break;
    case 3:
      for (const slot of existing.episodes) if (random.happens(0.4)) existing.episodes.delete(slot);
      break;
    default:
      existing.episodes.add(
        random.pick(['0x1', '0x2', `1x${1 + random.below(9)}`, `2x${1 + random.below(9)}`]),
      );
      existing.added += 1;
  }
}

/** Some shows have no ids, some share their name with another one of another year. */
function newShow(random: SeededRandom, index: number): Show {
  const episodes = Array.from({ length: random.below(6) }, (_, number) => `1x${number + 1}`);
  return {
    name: index % 4 === 3 ? 'The Same Name' : `Show ${index}`,
    year: index % 4 === 3 ? 1960 + index * 5 : 2000,
    tvdb: index % 3 === 0 ? String(500 + index) : null,
    overview: `First ${random.below(1_000)}.`,
    episodes: new Set(episodes),
    added: 0,
    generation: random.below(1_000_000),
  };
}

function show(script: Script, disk: Disk): void {
  for (const [libraryId, shows] of Object.entries(disk)) {
    const all = [...shows].map(([key, one]) => itemsOf(`${libraryId}-${key.replace(' ', '-')}`, one));
    script.series[libraryId] = all.map((items) => items.series);
    script.episodes[libraryId] = all.flatMap((items) => items.episodes);
    script.seasons[libraryId] = all.flatMap(({ series: { id } }) => [
      season(`${id}-s1`, id, 1, { name: 'Season 1' }),
      season(`${id}-s0`, id, 0, { name: 'Specials' }),
    ]);
  }
}

function itemsOf(key: string, one: Show): { series: SeriesItem; episodes: EpisodeItem[] } {
  const id = `${key}-g${one.generation}`;
  const { name, year, overview } = one;
  return {
    series: series(id, name, {
      year,
      overview,
      providerIds: one.tvdb === null ? {} : { tvdb: one.tvdb },
      version: `${one.episodes.size}|${one.added}`,
    }),
    episodes: [...one.episodes].map((slot) => {
      const [seasonNumber = 0, number = 0] = slot.split('x').map(Number);
      return episode(`${id}-${slot}`, id, seasonNumber, number);
    }),
  };
}

function expectedSlots(disk: Disk): string[] {
  return Object.entries(disk)
    .flatMap(([libraryId, shows]) =>
      [...shows].flatMap(([key, one]) => {
        const id = `${libraryId}-${key.replace(' ', '-')}-g${one.generation}`;
        return [...one.episodes].map((slot) => `${one.name} ${one.year} ${slot} ${id}-${slot}`);
      }),
    )
    .toSorted();
}

async function liveSlotsByItem(): Promise<string[]> {
  const rows = await db.rows<{ text: string }>(sql`
    select t.name || ' ' || t.year || ' ' || e.slot || ' ' || c.provider_item_id as text
    from episode_copies c join episodes e on e.id = c.episode_id join titles t on t.id = e.title_id
    where c.removed_at is null and e.removed_at is null and t.removed_at is null`);
  return rows.map((row) => row.text).toSorted();
}

/** Every episode ever seen, removed ones included: what plays hang on. */
async function episodesByIdentity(): Promise<{ slot: string; id: number }[]> {
  return db.rows<{ slot: string; id: number }>(sql`
    select t.match_name || ' ' || t.year || ' ' || e.slot as slot, e.id
    from episodes e join titles t on t.id = e.title_id`);
}
