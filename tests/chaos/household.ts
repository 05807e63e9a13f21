import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CatalogSeries, DemoData } from '../../src/demo/catalog.ts';
import { type DemoServer, startDemoServer } from '../../src/demo/server.ts';
import { smallHousehold } from '../support/household.ts';

const SERIES = 24;
/** Libraries of long series take the disk longer to write than all the rest of a round. */
const isShort = ({ seasons }: CatalogSeries) => seasons.reduce((sum, count) => sum + count, 0) <= 20;
const now = () => new Date('2026-11-20T12:00:00Z');

/**
 * The folder and the media server of one household. They keep path and port from round to round, so that what is
 * written there can be compared; what is in them can be kept and put back.
 */
export class Household {
  readonly #root: string;
  readonly #catalog: DemoData;
  #port = 0;
  #media: DemoServer | undefined;

  private constructor(root: string, catalog: DemoData) {
    this.#root = root;
    this.#catalog = catalog;
  }

  static async create(): Promise<Household> {
    return new Household(
      await mkdtemp(join(tmpdir(), 'showrunner-chaos-')),
      await smallHousehold(SERIES, undefined, isShort),
    );
  }

  /** Folder of the embedded database. */
  get databaseFolder(): string {
    return join(this.#current, 'database');
  }

  get librariesFolder(): string {
    return join(this.#current, 'libraries');
  }

  get #current(): string {
    return join(this.#root, 'current');
  }

  /** Starts the media server, which waits `latencyMs` before every answer; the settings lead a Showrunner to it. */
  async open(latencyMs: number): Promise<Record<string, string>> {
    await mkdir(this.librariesFolder, { recursive: true });
    this.#media = await startDemoServer({
      catalog: this.#catalog,
      port: this.#port,
      apiKey: 'chaos-media-server-key',
      mediaFolder: join(this.#root, 'media'),
      stateFile: join(this.#current, 'media-state.json'),
      faults: { latencyMs },
      now,
    });
    this.#port = Number(new URL(this.#media.url).port);
    return {
      SHOWRUNNER_DATA: this.#current,
      SHOWRUNNER_NEW_USERS: 'enabled',
      MEDIA_SERVER_URL: this.#media.url,
      MEDIA_SERVER_API_KEY: this.#media.apiKey,
    };
  }

  async close(): Promise<void> {
    await this.#media?.close();
    this.#media = undefined;
  }

  /** Keeps everything under a name, while nothing runs. */
  async keep(name: string): Promise<void> {
    await cp(this.#current, join(this.#root, name), { recursive: true, verbatimSymlinks: true });
  }

  /** Puts back what was kept under the name, or nothing at all. */
  async restore(name: string | null): Promise<void> {
    await rm(this.#current, { recursive: true, force: true });
    if (name) await cp(join(this.#root, name), this.#current, { recursive: true, verbatimSymlinks: true });
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.#root, { recursive: true, force: true });
  }
}
