import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { LibraryContext } from '../../src/library-writer/library-context.ts';
import type { LibrarySettings } from '../../src/library-writer/library-settings.ts';
import {
  type SyncSeriesLibrariesInput,
  syncSeriesLibraries,
} from '../../src/library-writer/sync-series-libraries.ts';
import { createMediaServer } from '../../src/media-server/connect.ts';
import type { MediaServer } from '../../src/media-server/media-server.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/log.ts';
import { type DemoClient, startDemo } from '../integration/demo/demo-client.ts';
import { testContext } from './context.ts';
import { seedPicks, seedSeries, seedUser } from './library-catalog.ts';
import { temporaryFolder } from './library-folder.ts';

const requestLog = z.object({ requests: z.array(z.object({ method: z.string(), path: z.string() })) });
const policyOf = z.object({ Policy: z.record(z.string(), z.unknown()) });

/** A media server over HTTP with real files, two users with picks, and the verb that writes their libraries. */
export interface LibraryHousehold {
  readonly demo: DemoClient;
  readonly mediaServer: MediaServer;
  readonly db: Database;
  /** Holds `libraries` and the originals in `media`. */
  readonly folder: string;
  readonly settings: LibrarySettings;
  readonly titles: readonly number[];
  readonly ada: number;
  readonly ben: number;
  run(
    input?: SyncSeriesLibrariesInput,
    part?: Partial<LibrarySettings>,
  ): Promise<{ counts: Record<string, number>; record: ReturnType<typeof testContext>['record'] }>;
  context(
    part?: Partial<LibrarySettings>,
  ): LibraryContext & { record: ReturnType<typeof testContext>['record'] };
  /** Requests that were to change something at the media server, in their order. */
  writes(): Promise<readonly string[]>;
  policy(name: string): Promise<Record<string, unknown>>;
  setPolicy(name: string, change: Record<string, unknown>): Promise<void>;
  /** Path of something in a user's library. */
  library(user: string, ...parts: string[]): string;
  close(): Promise<void>;
}

/** Starts a household on an emptied `db`. The demo's users Ada and Ben have the picks Dark and Fargo. */
export async function startHousehold(
  db: Database,
  server: { readonly dialect: 'jellyfin' | 'emby'; readonly version: string },
): Promise<LibraryHousehold> {
  await db.rows(sql`truncate libraries, titles, media_users restart identity cascade`);
  const folder = await temporaryFolder();
  const demo = await startDemo({ dialect: server.dialect, serverVersion: server.version });
  const file = (name: string) => join(folder.path, 'media', name);
  for (const name of ['dark/1.mkv', 'dark/2.mkv', 'fargo/1.mkv']) {
    await mkdir(dirname(file(name)), { recursive: true });
    await writeFile(file(name), '');
  }
  await mkdir(join(folder.path, 'libraries'));
  const titles = await seedSeries(db, [
    {
      name: 'Dark',
      tvdbId: '334824',
      seasons: [],
      files: [
        [1, 1, file('dark/1.mkv')],
        [1, 2, file('dark/2.mkv')],
      ],
    },
    { name: 'Fargo', tvdbId: '269613', seasons: [], files: [[1, 1, file('fargo/1.mkv')]] },
  ]);
  await db.rows(
    sql`update libraries set provider_id = ${await demo.libraryId()} where provider_id = 'shows'`,
  );
  const users: number[] = [];
  for (const name of ['ada', 'ben']) {
    const id = await seedUser(db, name);
    await db.rows(sql`update media_users set provider_id = ${await demo.userId(name)} where id = ${id}`);
    await seedPicks(db, id, titles, `Picked for ${name}.`);
    users.push(id);
  }
  const mediaServer = createMediaServer({
    url: demo.url,
    apiKey: demo.apiKey,
    log: createLogger('silent'),
    random: () => 0.5,
    now: () => new Date(),
  });
  const settings: LibrarySettings = {
    root: join(folder.path, 'libraries'),
    mode: server.dialect === 'emby' ? 'strm' : 'symlink',
    pathMappings: [],
    scanWaitMs: 10,
  };
  const context = (part: Partial<LibrarySettings> = {}) =>
    testContext(db, { mediaServer, libraries: { ...settings, ...part } });
  const userPath = async (name: string) => `/Users/${await demo.userId(name)}`;
  const policy = async (name: string) => policyOf.parse((await demo.get(await userPath(name))).body).Policy;
  return {
    demo,
    writes: async () => {
      const { requests } = requestLog.parse(
        (await demo.get('/demo/requests?match=^(POST|DELETE|PUT) ')).body,
      );
      return requests.map((one) => `${one.method} ${one.path}`);
    },
    mediaServer,
    db,
    folder: folder.path,
    settings,
    titles,
    ada: users[0] ?? 0,
    ben: users[1] ?? 0,
    context,
    run: async (input = {}, part = {}) => {
      const own = context(part);
      return { counts: await syncSeriesLibraries(own, input), record: own.record };
    },
    policy,
    setPolicy: async (name, change) => {
      await demo.call('POST', `${await userPath(name)}/Policy`, { ...(await policy(name)), ...change });
    },
    library: (user, ...parts) => join(settings.root, 'users', user, 'ai-series', ...parts),
    close: async () => {
      await demo.close();
      await folder.remove();
    },
  };
}
