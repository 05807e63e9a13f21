import { afterEach, describe, expect, it } from 'vitest';
import { type DemoClient, given, startDemo } from './demo-client.ts';

let demo: DemoClient;
afterEach(() => demo.close());

const EPISODES = 'IncludeItemTypes=Episode&Recursive=true';
const SERIES = 'IncludeItemTypes=Series&Recursive=true';

describe('authorization on Jellyfin', () => {
  it('takes the MediaBrowser scheme and the ApiKey parameter on version 12, and nothing older [AuthorizationContext.cs; jellyfin#17245]', async () => {
    demo = await startDemo();
    const status = async (headers: Record<string, string>, query = '') =>
      (await demo.call('GET', `/System/Info${query}`, undefined, headers)).status;
    const key = demo.apiKey;
    expect(await status({ authorization: `MediaBrowser Client="x", Token="${key}"` })).toBe(200);
    expect(await status({}, `?ApiKey=${key}`)).toBe(200);
    expect(await status({ 'x-emby-token': key })).toBe(401);
    expect(await status({ 'x-mediabrowser-token': key })).toBe(401);
    expect(await status({ 'x-emby-authorization': `MediaBrowser Token="${key}"` })).toBe(401);
    expect(await status({ authorization: `Emby Token="${key}"` })).toBe(401);
    expect(await status({}, `?api_key=${key}`)).toBe(401);
    expect(await status({ authorization: 'MediaBrowser Token="wrong"' })).toBe(401);
    expect(await status({})).toBe(401);
  });

  it('takes the older forms on version 10 [AuthorizationContext.cs]', async () => {
    demo = await startDemo({ serverVersion: '10.10.7' });
    for (const [headers, query] of [
      [{ 'x-emby-token': demo.apiKey }, ''],
      [{ authorization: `Emby Token="${demo.apiKey}"` }, ''],
      [{ 'x-emby-authorization': `MediaBrowser Token="${demo.apiKey}"` }, ''],
      [{}, `?api_key=${demo.apiKey}`],
    ] as const) {
      expect((await demo.call('GET', `/System/Info${query}`, undefined, headers)).status).toBe(200);
    }
  });

  it('tells who it is without a key, and nothing else [SystemController.cs]', async () => {
    demo = await startDemo({ serverVersion: '10.11.7' });
    const info = await demo.call('GET', '/System/Info/Public', undefined, {});
    expect(info.body).toMatchObject({ ProductName: 'Jellyfin Server', Version: '10.11.7' });
    expect((await demo.call('GET', '/Users', undefined, {})).status).toBe(401);
  });

  it('lets a user who logged in see their own items, and refuses administration and other users [RequestHelpers.cs]', async () => {
    demo = await startDemo();
    const client = 'MediaBrowser Client="t", Device="t", DeviceId="t", Version="1"';
    const logIn = (Pw: string, authorization: string) =>
      demo.call('POST', '/Users/AuthenticateByName', { Username: 'Ben', Pw }, { authorization });
    expect((await logIn('demo', 'MediaBrowser Client="t"')).status).toBe(400);
    expect((await logIn('wrong', client)).status).toBe(401);
    const { body } = await logIn('demo', client);
    const token = given(/"AccessToken":"(\w+)"/.exec(JSON.stringify(body))?.[1], 'token');
    const own = { authorization: `MediaBrowser Token="${token}"` };
    const status = async (method: string, path: string) =>
      (await demo.call(method, path, undefined, own)).status;
    expect(await status('GET', `/Items?${EPISODES}`)).toBe(200);
    expect(await status('GET', `/Items?${EPISODES}&userId=${await demo.userId('ada')}`)).toBe(403);
    expect(await status('GET', '/Library/VirtualFolders')).toBe(403);
    expect(await status('POST', '/Library/Refresh')).toBe(403);
  });
});

describe('lists on Jellyfin', () => {
  it('pages through a library without losing or repeating an item', async () => {
    demo = await startDemo();
    const [library, user] = [await demo.libraryId(), await demo.userId('ada')];
    const seen: string[] = [];
    for (let start = 0; ; start += 4) {
      const page = await demo.page(
        `/Items?userId=${user}&ParentId=${library}&${EPISODES}&StartIndex=${start}&Limit=4&SortBy=DateCreated,SortName`,
      );
      expect(page.StartIndex).toBe(start);
      seen.push(...page.Items.map((item) => item.Id));
      if (page.Items.length < 4) break;
    }
    const whole = await demo.page(`/Items?userId=${user}&ParentId=${library}&${EPISODES}`);
    expect(new Set(seen).size).toBe(seen.length);
    expect(new Set(seen)).toEqual(new Set(whole.Items.map((item) => item.Id)));
    expect(whole.TotalRecordCount).toBe(seen.length);
  });

  it('counts only the page when the total is not asked for [BaseItemRepository.cs]', async () => {
    demo = await startDemo();
    const page = await demo.page(`/Items?${EPISODES}&Limit=3&EnableTotalRecordCount=false`);
    expect(page.TotalRecordCount).toBe(3);
  });

  it('writes fields that were asked for, and user data only for a user [DtoService.cs]', async () => {
    demo = await startDemo();
    const path = `/Items?${SERIES}&CollapseBoxSetItems=false&SortBy=SortName`;
    const plain = await demo.page(path);
    expect(plain.Items[0]).not.toHaveProperty('UserData');
    expect(plain.Items[0]).not.toHaveProperty('Overview');
    const ada = await demo.userId('ada');
    const full = await demo.page(`${path}&userId=${ada}&Fields=Overview,ProviderIds,Genres,Path,Nonsense`);
    expect(full.Items.find((item) => item.Name === 'The Lantern')).toMatchObject({
      Overview: 'A keeper of a lighthouse solves a crime.',
      ProviderIds: { Tvdb: '1001', Imdb: 'tt1001' },
      Genres: ['Crime', 'Drama'],
      Path: '/media/shows/The Lantern (2015)',
      Status: 'Ended',
      UserData: { UnplayedItemCount: 1, IsFavorite: true, Played: false },
    });
    expect(full.Items.map((item) => item.Name)).toEqual([
      'Boxed One',
      'Boxed Two',
      'Comet & Sons',
      'Double Bill',
      'The Lantern',
      'Nameless Station',
    ]);
  });

  it('hides series behind their box set unless told not to [Jellystat#535, #379, #454]', async () => {
    demo = await startDemo();
    const names = async (query: string) =>
      (await demo.page(`/Items?${SERIES}${query}`)).Items.map((item) => item.Name);
    expect(await names('')).toContain('The Box');
    expect(await names('')).not.toContain('Boxed One');
    expect(await names('&CollapseBoxSetItems=false')).toEqual(
      expect.arrayContaining(['Boxed One', 'Boxed Two']),
    );
  });

  it('lists missing episodes when nobody looks, and leaves them out for a user or when told to [TvShowsController.cs]', async () => {
    demo = await startDemo();
    const virtual = async (query: string) =>
      (await demo.page(`/Items?${EPISODES}${query}`)).Items.filter((item) => item.LocationType === 'Virtual')
        .length;
    expect(await virtual('')).toBe(2);
    expect(await virtual('&ExcludeLocationTypes=Virtual')).toBe(0);
    expect(await virtual('&IsMissing=false')).toBe(0);
    expect(await virtual(`&userId=${await demo.userId('ada')}`)).toBe(0);
  });

  it('answers with libraries when neither a parent nor Recursive is given [ItemsController.cs]', async () => {
    demo = await startDemo();
    const page = await demo.page('/Items?IncludeItemTypes=Series');
    expect(page.Items.map((item) => item.Type)).toEqual(['CollectionFolder']);
  });

  it('filters by what the user played, began and likes, newest first when asked [ItemsController.cs]', async () => {
    demo = await startDemo();
    const ada = await demo.userId('ada');
    const list = async (query: string) =>
      (await demo.page(`/Items?userId=${ada}&Recursive=true&${query}`)).Items;
    const played = await list(
      'IncludeItemTypes=Episode&Filters=IsPlayed&SortBy=DatePlayed&SortOrder=Descending',
    );
    expect(played).toHaveLength(6);
    const dates = played.map((item) => String(item.UserData?.LastPlayedDate));
    expect(dates).toEqual(dates.toSorted().reverse());
    expect(dates[0]).toMatch(/^2026-03-01T20:00:05\.0000000Z$/);
    const begun = await list('IncludeItemTypes=Episode&Filters=IsResumable');
    expect(begun).toHaveLength(1);
    expect(begun[0]?.UserData).toMatchObject({
      Played: false,
      PlayedPercentage: 40,
      PlaybackPositionTicks: 6e9,
    });
    expect((await list('IncludeItemTypes=Series&Filters=IsFavorite')).map((item) => item.Name)).toEqual([
      'The Lantern',
    ]);
    const unplayed = await list('IncludeItemTypes=Episode&Filters=IsUnplayed');
    expect(unplayed.map((item) => item.Id)).not.toContain(played[0]?.Id);
  });

  it('shows a double episode as one item with two numbers [answer of an independent server]', async () => {
    demo = await startDemo();
    const { Items } = await demo.page(`/Items?${EPISODES}&SortBy=SortName`);
    const double = Items.filter((item) => item.SeriesName === 'Double Bill');
    expect(double.map((item) => [item.IndexNumber, item.IndexNumberEnd])).toEqual([
      [1, 2],
      [3, undefined],
      [4, undefined],
    ]);
  });

  it('lists items by id, skips unknown ones, and finds a single one only for a user [UserLibraryController.cs]', async () => {
    demo = await startDemo();
    const { Items } = await demo.page(`/Items?${EPISODES}&Limit=1`);
    const id = given(Items[0]?.Id, 'episode');
    expect((await demo.page(`/Items?Ids=${id},${'0'.repeat(32)}`)).Items.map((item) => item.Id)).toEqual([
      id,
    ]);
    expect((await demo.get(`/Items/${id}`)).status).toBe(404);
    expect((await demo.get(`/Items/${id}?userId=${await demo.userId('ada')}`)).body).toMatchObject({
      Id: id,
    });
  });

  it('reads seasons and episodes of a series [TvShowsController.cs]', async () => {
    demo = await startDemo();
    const { Items } = await demo.page(`/Items?${SERIES}`);
    const lantern = given(Items.find((item) => item.Name === 'The Lantern')?.Id, 'series');
    const seasons = await demo.page(`/Shows/${lantern}/Seasons?Fields=ChildCount`);
    expect(seasons.Items.map((item) => [item.Name, item.ChildCount])).toEqual([
      ['Specials', 1],
      ['Season 1', 3],
      ['Season 2', 2],
    ]);
    expect((await demo.page(`/Shows/${lantern}/Episodes?season=2`)).Items).toHaveLength(2);
    expect((await demo.get(`/Shows/${'0'.repeat(32)}/Episodes`)).status).toBe(404);
  });
});

describe('what Jellyfin refuses', () => {
  it('answers a malformed id or number with a problem document', async () => {
    demo = await startDemo();
    for (const query of ['ParentId=nonsense', 'Limit=many', 'Recursive=perhaps', 'userId=7']) {
      const reply = await demo.get(`/Items?${query}`);
      expect(reply.status, query).toBe(400);
      expect(reply.type).toContain('application/problem+json');
      expect(reply.body).toMatchObject({ status: 400, errors: expect.anything() });
    }
  });

  it('knows no other paths, methods, users or libraries', async () => {
    demo = await startDemo();
    const status = async (method: string, path: string) => (await demo.call(method, path)).status;
    expect(await status('GET', '/Nothing/Here')).toBe(404);
    expect(await status('GET', '/emby/System/Info')).toBe(404);
    expect(await status('PUT', '/Users')).toBe(405);
    expect(await status('GET', `/Users/${'0'.repeat(32)}`)).toBe(404);
    expect(await status('GET', `/Items?userId=${'0'.repeat(32)}`)).toBe(404);
    expect((await demo.page(`/Items?ParentId=${'0'.repeat(32)}&Recursive=true`)).Items).toEqual([]);
  });

  it('has no user routes of version 10.9 in version 10.8 [PlaystateController.cs, v10.8]', async () => {
    demo = await startDemo({ serverVersion: '10.8.13' });
    const { Items } = await demo.page(`/Items?${EPISODES}&Limit=1`);
    const id = given(Items[0]?.Id, 'episode');
    const user = await demo.userId('cleo');
    expect((await demo.call('POST', `/UserPlayedItems/${id}?userId=${user}`)).status).toBe(404);
    expect((await demo.call('POST', `/Users/${user}/PlayedItems/${id}`)).status).toBe(200);
  });

  it('fails when a list is to be ordered by plays and nobody looks', async () => {
    demo = await startDemo();
    expect((await demo.get(`/Items?${EPISODES}&SortBy=DatePlayed`)).status).toBe(500);
  });
});

describe('policies on Jellyfin', () => {
  it('replaces the whole policy: what is left out goes back to its default [UserController.cs]', async () => {
    demo = await startDemo();
    const [user, library] = [await demo.userId('ben'), await demo.libraryId()];
    const providers = { AuthenticationProviderId: 'a', PasswordResetProviderId: 'b' };
    const set = (policy: object) => demo.call('POST', `/Users/${user}/Policy`, policy);
    expect((await set({ EnableAllFolders: false })).status).toBe(400);
    expect((await set({ ...providers, EnableAllFolders: false, EnabledFolders: [library] })).status).toBe(
      204,
    );
    expect((await demo.get(`/Users/${user}`)).body).toMatchObject({
      Policy: { EnableAllFolders: false, EnabledFolders: [library], IsHidden: true },
    });
    expect((await set({ ...providers, MaxParentalRating: 10 })).status).toBe(204);
    expect((await demo.get(`/Users/${user}`)).body).toMatchObject({
      Policy: { EnableAllFolders: true, EnabledFolders: [] },
    });
  });

  it('shows a user neither closed libraries nor what is rated too high [BaseItem.IsVisible]', async () => {
    demo = await startDemo();
    const [user, library] = [await demo.userId('ben'), await demo.libraryId()];
    const providers = { AuthenticationProviderId: 'a', PasswordResetProviderId: 'b' };
    const list = `/Items?userId=${user}&ParentId=${library}&${SERIES}&CollapseBoxSetItems=false`;
    await demo.call('POST', `/Users/${user}/Policy`, { ...providers, MaxParentalRating: 14 });
    const names = (await demo.page(list)).Items.map((item) => item.Name);
    expect(names).toContain('Comet & Sons');
    expect(names).not.toContain('The Lantern');
    await demo.call('POST', `/Users/${user}/Policy`, { ...providers, EnableAllFolders: false });
    expect((await demo.get(list)).status).toBe(401);
  });

  it('keeps its last administrator [UserController.cs]', async () => {
    demo = await startDemo();
    const reply = await demo.call('POST', `/Users/${await demo.userId('ada')}/Policy`, {
      AuthenticationProviderId: 'a',
      PasswordResetProviderId: 'b',
    });
    expect(reply.status).toBe(403);
  });
});
