import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseEpisode } from '../../src/media-server/parse-catalog.ts';
import { parsePlayState } from '../../src/media-server/parse-users.ts';
import {
  type Answer,
  calm,
  clientOf,
  gather,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from '../integration/media-server/scripted-server.ts';

/** Answers of an independent Jellyfin-compatible server; they may not be part of the repository. */
const FOLDER = resolve(process.cwd(), '../shared/data/recorded-answers');
const isPresent = existsSync(FOLDER);
if (!isPresent) process.stderr.write(`Skipped: no recorded answers in ${FOLDER}.\n`);

const RecordingShape = z.object({ request: z.string(), status: z.number(), body: z.unknown() });

/** The recorded answer of that name. */
async function recording(name: string): Promise<Answer> {
  const { status, body } = RecordingShape.parse(
    JSON.parse(await readFile(join(FOLDER, `${name}.json`), 'utf8')),
  );
  return { status, json: body };
}

async function itemsOf(name: string): Promise<unknown[]> {
  const { body } = RecordingShape.parse(JSON.parse(await readFile(join(FOLDER, `${name}.json`), 'utf8')));
  return z.object({ Items: z.array(z.unknown()) }).parse(body).Items;
}

/** Replays what was recorded, where the recorded server would have answered it. */
async function replay({ path, query, headers }: SeenRequest): Promise<Answer> {
  if (path === '/System/Info/Public') return recording('system-info-public');
  if (headers.authorization?.includes('Token="wrong"')) return recording('bad-token');
  if (path === '/System/Info') return recording('system-info');
  if (path === '/Users') return recording('users');
  if (path === '/Library/VirtualFolders') return recording('virtual-folders');
  if (path !== '/Items') return recording('missing-item');
  const kinds: Record<string, string> = {
    Series: 'series-page',
    Season: 'seasons',
    Episode: 'show-episodes',
  };
  const items = await itemsOf(kinds[query.get('IncludeItemTypes') ?? ''] ?? 'episodes-page');
  const from = Number(query.get('StartIndex'));
  return { json: { Items: items.slice(from), StartIndex: from, TotalRecordCount: items.length } };
}

describe('an independent Jellyfin-compatible server, as recorded', () => {
  const open: ScriptedServer[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });

  async function client(apiKey = 'right') {
    const server = await startScriptedServer(replay);
    open.push(server);
    return clientOf(server, { apiKey });
  }
  const input = () => ({ libraryId: 'collection_shows', userId: '16HknefKsakLeM2HU244CS', signal: calm() });

  it.runIf(isPresent)('is connected to as Jellyfin', async () => {
    const info = await (await client()).connect(calm());
    expect(info).toEqual({
      dialect: 'jellyfin',
      id: 'htqSipOfz4b3dDnyHdyK',
      name: 'jello-test',
      version: '10.11.6',
    });
  });

  it.runIf(isPresent)('refuses a bad key with its own words', async () => {
    await expect((await client('wrong')).connect(calm())).rejects.toMatchObject({
      code: 'MEDIA_SERVER_REFUSED',
      message: expect.stringContaining('invalid access token'),
    });
  });

  it.runIf(isPresent)('has users with dates of 8 decimals and opaque ids', async () => {
    expect(await (await client()).users(calm())).toEqual([
      {
        id: '16HknefKsakLeM2HU244CS',
        name: 'alice',
        isAdmin: false,
        isDisabled: false,
        enableAllFolders: true,
        enabledFolders: [],
        maxParentalRating: null,
        blockUnrated: false,
        blockedTags: [],
        allowedTags: [],
      },
    ]);
  });

  it.runIf(isPresent)('has a library whose collection type says nothing', async () => {
    expect(await (await client()).libraries(calm())).toEqual([
      { id: 'collection_shows', name: 'TV Shows', collectionType: null, locations: ['/tvshows'] },
    ]);
  });

  it.runIf(isPresent)('has series without status, path and provider ids', async () => {
    const { items, skipped } = await gather((await client()).series(input()));
    expect([items.length, skipped]).toEqual([3, 0]);
    expect(items.map(({ name }) => name)).toEqual(['Andor', 'Breaking Bad', 'Pokémon - Café: Tales?']);
    for (const item of items) {
      expect(item).toMatchObject({
        status: null,
        path: null,
        providerIds: {},
        endDate: null,
        runtimeMinutes: null,
      });
      expect(item.addedAt?.getUTCFullYear()).toBe(2026);
      expect(item.images.primary).toBe(item.id);
      expect(item.studios).toHaveLength(1);
    }
  });

  it.runIf(isPresent)('numbers its specials 99, which become season 0', async () => {
    const { items } = await gather((await client()).seasons(input()));
    expect(items.map(({ number, name }) => [number, name])).toEqual([
      [1, 'Season 1'],
      [2, 'Season 2'],
      [0, 'Specials'],
    ]);
  });

  it.runIf(isPresent)('leaves the season number out of special episodes, which are in season 0', async () => {
    const { items, skipped } = await gather((await client()).episodes(input()));
    expect(items.map(({ seasonNumber, number }) => [seasonNumber, number])).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
    ]);
    expect(items.every(({ runtimeMs, airDate }) => runtimeMs === null && airDate === '2008-01-20')).toBe(
      true,
    );
    expect(skipped).toBe(0);
  });

  it.runIf(isPresent)('counts no play of a played episode, and no date of an unplayed one', async () => {
    const { items } = await gather((await client()).playStates(input()));
    expect(items).toHaveLength(3);
    expect(items.every(({ played, lastPlayedAt }) => !played && lastPlayedAt === null)).toBe(true);

    const { body } = RecordingShape.parse(
      JSON.parse(await readFile(join(FOLDER, 'episode-played.json'), 'utf8')),
    );
    expect(parseEpisode(body)).toMatchObject({ seasonNumber: 1, number: 2, path: 'episode.mp4' });
    expect(parsePlayState(body)).toMatchObject({
      played: true,
      playCount: 1,
      lastPlayedAt: new Date('2026-11-21T10:39:58.963Z'),
    });
  });

  it.runIf(isPresent)('has nothing where the list is empty', async () => {
    expect(await itemsOf('episodes-page')).toEqual([]);
    const views = await itemsOf('views');
    expect(views.map(parseEpisode)).toEqual(views.map(() => null));
  });
});
