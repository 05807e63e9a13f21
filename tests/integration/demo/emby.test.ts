import { afterEach, describe, expect, it } from 'vitest';
import { type DemoClient, given, startDemo } from './demo-client.ts';

let demo: DemoClient;
afterEach(() => demo.close());

const EPISODES = 'IncludeItemTypes=Episode&Recursive=true';

describe('the Emby dialect', () => {
  it('takes the key in its header or as api_key, with and without the path prefix [Emby OpenAPI, security schemes]', async () => {
    demo = await startDemo({ dialect: 'emby' });
    const status = async (path: string, headers: Record<string, string>) =>
      (await demo.call('GET', path, undefined, headers)).status;
    expect(await status('/System/Info', { 'x-emby-token': demo.apiKey })).toBe(200);
    expect(await status('/emby/System/Info', { 'x-emby-token': demo.apiKey })).toBe(200);
    expect(await status(`/System/Info?api_key=${demo.apiKey}`, {})).toBe(200);
    const refused = await demo.call('GET', '/System/Info', undefined, { 'x-emby-token': 'wrong' });
    expect(refused).toMatchObject({
      status: 401,
      type: 'text/plain',
      text: 'Access token is invalid or expired.',
    });
  });

  it('names no product, pages its users, and has ids that are decimal strings [Emby OpenAPI, PublicSystemInfo, /Users/Query; real Emby list item]', async () => {
    demo = await startDemo({ dialect: 'emby' });
    const info = await demo.call('GET', '/System/Info/Public', undefined, {});
    expect(info.body).not.toHaveProperty('ProductName');
    expect((await demo.get('/Users/Query?StartIndex=1&Limit=1')).body).toMatchObject({
      Items: [{ Name: 'ben', Id: expect.stringMatching(/^[0-9a-f]{32}$/) }],
      TotalRecordCount: 3,
    });
    const { Items } = await demo.page(`/Users/${await demo.userId('ada')}/Items?${EPISODES}`);
    for (const item of Items) expect(item.Id).toMatch(/^\d+$/);
    const [library] = await demo.libraries();
    expect(library).toMatchObject({ Guid: expect.stringMatching(/^[0-9a-f]{32}$/), ItemId: library?.Id });
  });

  it('writes some ten keys on lists, and what Fields asks for [real Emby list item; Emby OpenAPI, ItemFields]', async () => {
    demo = await startDemo({ dialect: 'emby' });
    const path = `/Users/${await demo.userId('ada')}/Items?IncludeItemTypes=Series&Recursive=true&SortBy=SortName`;
    const bare = given(
      (await demo.page(path)).Items.find((item) => item.Name === 'The Lantern'),
      'series',
    );
    expect(Object.keys(bare).toSorted()).toEqual(
      'BackdropImageTags Id ImageTags IsFolder Name RunTimeTicks ServerId Type UserData'.split(' '),
    );
    expect(Object.keys(given(bare.UserData, 'user data')).toSorted()).toEqual(
      'IsFavorite PlaybackPositionTicks Played UnplayedItemCount'.split(' '),
    );
    const asked = (await demo.page(`${path}&Fields=ProviderIds,Status,Genres`)).Items.find(
      (item) => item.Name === 'The Lantern',
    );
    expect(asked).toMatchObject({
      ProviderIds: { Tvdb: '1001' },
      Status: 'Ended',
      GenreItems: [{ Name: 'Crime', Id: expect.any(Number) }, { Name: 'Drama' }],
    });
  });

  it('leaves play count and date out of lists unless they are asked for by name [Emby OpenAPI, ItemFields; Emby Kodi add-on]', async () => {
    demo = await startDemo({ dialect: 'emby' });
    const path = `/Users/${await demo.userId('ada')}/Items?${EPISODES}&Filters=IsPlayed`;
    const [bare] = (await demo.page(path)).Items;
    expect(bare?.UserData).not.toHaveProperty('PlayCount');
    expect(bare?.UserData).not.toHaveProperty('LastPlayedDate');
    const [full] = (await demo.page(`${path}&Fields=UserDataPlayCount,UserDataLastPlayedDate`)).Items;
    expect(full?.UserData).toMatchObject({
      PlayCount: 1,
      LastPlayedDate: expect.stringMatching(/\.0000000Z$/),
    });
  });

  it('answers with its root folders without Recursive and for an unknown filter [real Emby answer]', async () => {
    demo = await startDemo({ dialect: 'emby' });
    const user = await demo.userId('ada');
    const types = async (query: string) =>
      (await demo.page(`/Users/${user}/Items?${query}`)).Items.map((item) => item.Type);
    expect(await types('IncludeItemTypes=Episode')).toEqual(['CollectionFolder']);
    expect(await types(`${EPISODES}&Filters=IsWonderful`)).toEqual(['CollectionFolder']);
  });

  it('counts nothing when the total is not asked for [Emby OpenAPI, EnableTotalRecordCount]', async () => {
    demo = await startDemo({ dialect: 'emby' });
    const page = await demo.page(`/Items?${EPISODES}&Limit=3&EnableTotalRecordCount=false`);
    expect([page.Items.length, page.TotalRecordCount]).toEqual([3, 0]);
  });

  it('answers errors in plain text [real Emby answers]', async () => {
    demo = await startDemo({ dialect: 'emby' });
    expect(await demo.get('/Users/nobody/Items')).toMatchObject({
      status: 500,
      type: 'text/plain',
      text: 'Unrecognized Guid format.',
    });
    expect(await demo.get('/Nothing/Here')).toMatchObject({ status: 404, type: 'text/plain' });
    expect((await demo.get(`/Users/${'0'.repeat(32)}/Items?${EPISODES}`)).status).toBe(200);
    expect((await demo.get('/Library/VirtualFolders')).status).toBe(405);
  });

  it('marks played by its own date format only [Emby OpenAPI, POST /Users/{UserId}/PlayedItems/{Id}]', async () => {
    demo = await startDemo({ dialect: 'emby' });
    const user = await demo.userId('cleo');
    const [episode] = (await demo.page(`/Users/${user}/Items?${EPISODES}&Limit=1`)).Items;
    const path = `/Users/${user}/PlayedItems/${given(episode, 'episode').Id}`;
    expect((await demo.call('POST', `${path}?DatePlayed=2026-05-01T10:00:00Z`)).status).toBe(500);
    expect((await demo.call('POST', `${path}?DatePlayed=20260501100000`)).body).toMatchObject({
      Played: true,
      PlayCount: 1,
      LastPlayedDate: '2026-05-01T10:00:00.0000000Z',
    });
  });

  it('opens libraries by their Guid [inferred, not seen on a live Emby]', async () => {
    demo = await startDemo({ dialect: 'emby' });
    const user = await demo.userId('ben');
    const [library] = await demo.libraries();
    const list = `/Users/${user}/Items?ParentId=${library?.ItemId}&${EPISODES}`;
    await demo.call('POST', `/Users/${user}/Policy`, { EnableAllFolders: false, EnabledFolders: [] });
    expect((await demo.page(list)).Items).toEqual([]);
    await demo.call('POST', `/Users/${user}/Policy`, {
      EnableAllFolders: false,
      EnabledFolders: [library?.Guid],
    });
    expect((await demo.page(list)).Items.length).toBeGreaterThan(0);
  });
});
