import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { syncSeries } from '../../src/catalog/sync-series.ts';
import { catalogSeriesSchema, type DemoData } from '../../src/demo/catalog.ts';
import type { DemoServerOptions } from '../../src/demo/server.ts';
import { createMediaServer } from '../../src/media-server/connect.ts';
import { createLogger } from '../../src/platform/log.ts';
import { syncSeriesWatchHistory } from '../../src/watch/sync-series-watch-history.ts';
import { type DemoClient, startDemo } from '../integration/demo/demo-client.ts';
import { testContext } from './context.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

const Requests = z.object({
  total: z.number(),
  requests: z.array(z.object({ method: z.string(), path: z.string(), query: z.string() })),
});

/** A play to be made on the demo server; see `POST /demo/play`. */
interface DemoPlay {
  readonly user: string;
  readonly title?: string;
  readonly season?: number;
  readonly episode?: number;
  readonly itemId?: string;
  readonly action?: 'play' | 'unplay' | 'stop' | 'favorite' | 'unfavorite';
  readonly positionSeconds?: number;
  readonly at?: string;
}

/** Users `user-1`... and series `Series 1`... of one season, each user having watched the first episodes of some. */
export function household(size: {
  readonly users: number;
  readonly series: number;
  readonly episodes: number;
  /** Series each user has touched, and episodes watched of each. */
  readonly touched: number;
  readonly watched: number;
}): DemoData {
  const at = Date.parse('2026-10-01T20:00:00Z');
  return {
    series: Array.from({ length: size.series }, (_, index) =>
      catalogSeriesSchema.parse({
        title: `Series ${index + 1}`,
        year: 2015,
        status: 'Ended',
        runtime: 40,
        seasons: [size.episodes],
        tvdb: 5_000 + index,
      }),
    ),
    viewers: Array.from({ length: size.users }, (_, user) => ({
      name: `user-${user + 1}`,
      isAdmin: user === 0,
      plays: Array.from({ length: size.touched }, (_, index) => ({
        series: (user * 7 + index) % size.series,
        isFavorite: false,
        episodes: Array.from({ length: size.watched }, (_, episode) => ({
          ordinal: episode + 1,
          at: at + (index * size.watched + episode) * 60_000,
          count: 1,
          positionSeconds: 0,
        })),
      })),
    })),
  };
}

/** A demo server, a database whose catalog is in line with it, and a clock for both. */
export interface WatchDemo {
  readonly demo: DemoClient;
  readonly db: TestDatabase;
  readonly context: ReturnType<typeof contextOf>;
  /** Moves the clock on. */
  later(minutes: number): void;
  now(): Date;
  play(...plays: readonly DemoPlay[]): Promise<void>;
  syncCatalog(): Promise<unknown>;
  syncHistory(input?: {
    full?: boolean;
    dryRun?: boolean;
    userIds?: number[];
  }): ReturnType<typeof syncSeriesWatchHistory>;
  /** The requests since the last call, apart from those that set things up. */
  requests(): Promise<z.output<typeof Requests>['requests']>;
  close(): Promise<void>;
}

function contextOf(
  db: TestDatabase,
  demo: DemoClient,
  now: () => Date,
  { dialect = 'jellyfin', pageSize }: WatchDemoOptions,
) {
  const mediaServer = createMediaServer({
    url: demo.url,
    apiKey: demo.apiKey,
    dialect,
    log: createLogger('silent'),
    random: () => 0,
    now,
    http: { tries: 1 },
    ...(pageSize !== undefined && { pageSize }),
  });
  return testContext(db, { mediaServer }, now);
}

/** Which server, and in pages of how many items it is read. */
type WatchDemoOptions = Pick<DemoServerOptions, 'dialect' | 'serverVersion'> & { readonly pageSize?: number };

/** Starts all of it. */
export async function startWatchDemo(data: DemoData, options: WatchDemoOptions = {}): Promise<WatchDemo> {
  let time = new Date('2026-11-20T12:00:00Z');
  const now = () => time;
  const { pageSize: _, ...served } = options;
  const demo = await startDemo({ catalog: data, now, ...served });
  const db = await createTestDatabase();
  const context = contextOf(db, demo, now, options);
  const syncCatalog = () => syncSeries(context, {});
  await syncCatalog();
  return {
    demo,
    db,
    context,
    later: (minutes) => {
      time = new Date(time.getTime() + minutes * 60_000);
    },
    now,
    play: async (...plays) => {
      const answer = await demo.call('POST', '/demo/play', plays);
      if (answer.status !== 200) throw new Error(`The demo server refused a play: ${answer.text}`);
    },
    syncCatalog,
    syncHistory: (input = {}) => syncSeriesWatchHistory(context, { newUsers: 'enabled', ...input }),
    requests: async () => {
      const { requests } = Requests.parse((await demo.get('/demo/requests')).body);
      await demo.call('DELETE', '/demo/requests');
      return requests;
    },
    close: async () => {
      await demo.close();
      await db.close();
    },
  };
}

/** Play states of a user as `slot -> [played, positionMs]`, by series title. */
export async function storedHistory(db: TestDatabase, user: string): Promise<Record<string, unknown>> {
  const rows = await db.rows<{ title: string; slot: string; played: boolean; position: number }>(sql`
    select t.name as title, e.slot, p.played, p.position_ms as position
    from play_states p join media_users u on u.id = p.user_id
    join episodes e on e.id = p.episode_id join titles t on t.id = e.title_id
    where u.name = ${user} order by t.id, e.season_number, e.number`);
  return Object.fromEntries(rows.map((row) => [`${row.title} ${row.slot}`, [row.played, row.position]]));
}
