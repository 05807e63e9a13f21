import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDemoServer } from '../../../src/demo/server.ts';
import { given, smallData, startDemo } from './demo-client.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-state-'));
});
afterEach(() => rm(folder, { recursive: true }));

const EPISODES = 'IncludeItemTypes=Episode&Recursive=true';

describe('the state file', () => {
  it('brings play states, policies and created libraries back, under the same ids', async () => {
    const stateFile = join(folder, 'state.json');
    const picks = join(folder, 'picks');
    await mkdir(join(picks, 'Comet', 'Season 1'), { recursive: true });
    await writeFile(join(picks, 'Comet', 'Season 1', 'Comet - S01E01.strm'), 'http://127.0.0.1/1');

    const first = await startDemo({ stateFile });
    const [cleo, ben] = [await first.userId('cleo'), await first.userId('ben')];
    await first.call(
      'POST',
      '/Library/VirtualFolders?name=Picks&collectionType=tvshows&refreshLibrary=true',
      {
        LibraryOptions: { PathInfos: [{ Path: picks }], EnableAutomaticSeriesGrouping: false },
      },
    );
    await first.call('POST', '/Library/Refresh');
    const library = await first.libraryId('Picks');
    const list = `/Items?userId=${cleo}&ParentId=${library}&${EPISODES}`;
    const episode = given((await first.page(list)).Items[0], 'episode');
    await first.call('POST', `/UserPlayedItems/${episode.Id}?userId=${cleo}&datePlayed=2026-10-01T00:00:00Z`);
    await first.call('POST', `/Users/${ben}/Policy`, {
      AuthenticationProviderId: 'a',
      PasswordResetProviderId: 'b',
      EnableAllFolders: false,
    });
    await first.close();

    const second = await startDemo({ stateFile });
    const [again] = (await second.page(list)).Items;
    expect(again).toMatchObject({ Id: episode.Id, UserData: { Played: true, PlayCount: 1 } });
    expect((await second.get(`/Users/${ben}`)).body).toMatchObject({ Policy: { EnableAllFolders: false } });
    const untouched = await second.page(
      `/Items?userId=${await second.userId('ada')}&${EPISODES}&Filters=IsPlayed`,
    );
    expect(untouched.Items).toHaveLength(6);
    await second.close();
  });

  it('holds only what changed', async () => {
    const stateFile = join(folder, 'state.json');
    const demo = await startDemo({ stateFile });
    await demo.call('POST', '/demo/play', { user: 'cleo', title: 'The Lantern', season: 1, episode: 1 });
    await demo.close();
    const stored: unknown = JSON.parse(await readFile(stateFile, 'utf8'));
    const cleo = expect.objectContaining({ playCount: 1, played: true });
    expect(
      Object.values(Object(Object(stored).playStates)).map((states) => Object.values(Object(states))),
    ).toEqual([[cleo]]);
  });

  it('is refused when it is damaged or belongs to another kind of server', async () => {
    const stateFile = join(folder, 'state.json');
    const start = (dialect: 'jellyfin' | 'emby', serverVersion?: string) =>
      startDemoServer({ catalog: smallData(), stateFile, dialect, ...(serverVersion && { serverVersion }) });
    await writeFile(stateFile, '{"dialect":"jelly');
    await expect(start('jellyfin')).rejects.toMatchObject({ code: 'BAD_CONFIGURATION', field: 'state' });
    await rm(stateFile);
    const server = await startDemo({ stateFile });
    await server.call('POST', '/demo/play', { user: 'ada', title: 'Comet & Sons', season: 1, episode: 1 });
    await server.close();
    await expect(start('emby')).rejects.toThrow('another kind of server');
    await expect(start('jellyfin', '10.10.7')).rejects.toThrow('another kind of server');
  });
});

describe('the media folder', () => {
  it('gets a file for every episode, so that links to them resolve', async () => {
    const demo = await startDemo({ mediaFolder: join(folder, 'media') });
    const { Items } = await demo.page(`/Items?${EPISODES}&Fields=Path&ExcludeLocationTypes=Virtual`);
    for (const item of Items) expect(await readFile(String(item.Path), 'utf8')).toBe('');
    expect(Items.length).toBeGreaterThan(10);
    await demo.close();
  });
});
