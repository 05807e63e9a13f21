import { afterEach, describe, expect, it } from 'vitest';
import { type DemoClient, given, startDemo } from './demo-client.ts';

let demo: DemoClient;
afterEach(() => demo.close());

const EPISODES = 'IncludeItemTypes=Episode&Recursive=true';

describe('changes of play states', () => {
  it('counts every dated play, keeps the count of an undated one, and forgets on request [BaseItem.MarkPlayed]', async () => {
    demo = await startDemo();
    const user = await demo.userId('cleo');
    const [episode] = (await demo.page(`/Items?userId=${user}&${EPISODES}`)).Items;
    const path = `/UserPlayedItems/${given(episode, 'episode').Id}?userId=${user}`;
    const mark = async (date: string) => (await demo.call('POST', path + date)).body;
    expect(await mark('')).toMatchObject({
      Played: true,
      PlayCount: 1,
      LastPlayedDate: '2026-11-20T12:00:00.0000000Z',
    });
    expect(await mark('&datePlayed=2026-11-21T08:00:00Z')).toMatchObject({ PlayCount: 2 });
    expect(await mark('&datePlayed=20261122080000')).toMatchObject({
      PlayCount: 3,
      LastPlayedDate: '2026-11-22T08:00:00.0000000Z',
    });
    expect((await demo.call('POST', `${path}&datePlayed=yesterday`)).status).toBe(400);
    const { body } = await demo.call('DELETE', path);
    expect(body).toMatchObject({ Played: false, PlayCount: 0 });
    expect(body).not.toHaveProperty('LastPlayedDate');
  });

  it('marks all episodes of a series with it', async () => {
    demo = await startDemo();
    const user = await demo.userId('cleo');
    const series = (await demo.page(`/Items?userId=${user}&IncludeItemTypes=Series&Recursive=true`)).Items;
    const lantern = given(
      series.find((item) => item.Name === 'The Lantern'),
      'series',
    );
    await demo.call('POST', `/UserPlayedItems/${lantern.Id}?userId=${user}`);
    const played = await demo.page(`/Items?userId=${user}&${EPISODES}&Filters=IsPlayed`);
    expect(played.Items).toHaveLength(6);
    const finished = await demo.page(
      `/Items?userId=${user}&IncludeItemTypes=Series&Recursive=true&Filters=IsPlayed`,
    );
    expect(finished.Items.map((item) => item.Name)).toEqual(['The Lantern']);
  });

  it('writes a position without touching the rest, and refuses a malformed one', async () => {
    demo = await startDemo();
    const user = await demo.userId('ada');
    const [episode] = (await demo.page(`/Items?userId=${user}&${EPISODES}&Filters=IsPlayed`)).Items;
    const path = `/UserItems/${given(episode, 'episode').Id}/UserData?userId=${user}`;
    expect((await demo.call('POST', path, { PlaybackPositionTicks: 'far' })).status).toBe(400);
    expect((await demo.call('POST', path, { PlaybackPositionTicks: 5 * 600_000_000 })).body).toMatchObject({
      PlaybackPositionTicks: 3_000_000_000,
      Played: true,
      PlayCount: 1,
      PlayedPercentage: 10,
    });
  });

  it('ends a playback as players do: begun, finished, and finished at once when the runtime is unknown [UserDataManager.UpdatePlayState]', async () => {
    demo = await startDemo();
    const stop = (title: string, positionSeconds: number) =>
      demo.call('POST', '/demo/play', {
        user: 'cleo',
        title,
        season: 1,
        episode: 1,
        action: 'stop',
        positionSeconds,
      });
    await stop('Comet & Sons', 10);
    await stop('The Lantern', 20 * 60);
    await stop('Nameless Station', 1);
    const user = await demo.userId('cleo');
    const list = async (filter: string) =>
      (await demo.page(`/Items?userId=${user}&${EPISODES}&Filters=${filter}`)).Items.map(
        (item) => item.SeriesName,
      );
    expect(await list('IsResumable')).toEqual(['The Lantern']);
    expect(await list('IsPlayed')).toEqual(['Nameless Station']);
    expect((await demo.get('/System/ActivityLog/Entries?minDate=2026-11-20T00:00:00Z')).body).toMatchObject({
      TotalRecordCount: 3,
      Items: [{ UserId: user, Type: 'VideoPlaybackStopped' }, {}, {}],
    });
    expect((await demo.get('/System/ActivityLog/Entries?minDate=2026-11-21T00:00:00Z')).body).toMatchObject({
      TotalRecordCount: 0,
    });
  });

  it('tells which user, title or action of a control request is wrong', async () => {
    demo = await startDemo();
    const play = async (body: object) => (await demo.call('POST', '/demo/play', body)).status;
    expect(await play({ user: 'nobody', title: 'The Lantern' })).toBe(404);
    expect(await play({ user: 'ada', title: 'The Candle' })).toBe(404);
    expect(await play({ user: 'ada', title: 'The Lantern', action: 'dance' })).toBe(400);
  });
});

describe('changes of the catalog while the server runs', () => {
  it('adds, removes and changes series; a changed one keeps its id, a moved one does not', async () => {
    demo = await startDemo();
    const ids = async () => {
      const { Items } = await demo.page(
        '/Items?IncludeItemTypes=Series&Recursive=true&CollapseBoxSetItems=false',
      );
      return new Map(Items.map((item) => [item.Name, item.Id]));
    };
    const before = await ids();
    const { body } = await demo.call('POST', '/demo/catalog', {
      add: [{ title: 'New Arrival', year: 2026, seasons: [3] }],
      remove: [{ title: 'Boxed One' }],
      change: [
        { title: 'The Lantern', set: { title: 'The Lamp', seasons: [3, 2, 4] } },
        { title: 'Double Bill', set: { path: '/media/elsewhere/Double Bill' } },
      ],
    });
    expect(body).toMatchObject({ series: 6 });
    const after = await ids();
    expect(after.has('Boxed One')).toBe(false);
    expect(after.get('The Lamp')).toBe(before.get('The Lantern'));
    expect(after.get('Double Bill')).not.toBe(before.get('Double Bill'));
    const seasons = await demo.page(`/Shows/${after.get('The Lamp')}/Seasons`);
    expect(seasons.Items.map((item) => item.Name)).toContain('Season 3');
    expect((await demo.call('POST', '/demo/catalog', { remove: [{ title: 'Nowhere' }] })).status).toBe(404);
    expect((await demo.call('POST', '/demo/catalog', { add: [{ year: 1 }] })).status).toBe(400);
  });

  it('keeps what was watched when a series is renamed', async () => {
    demo = await startDemo();
    await demo.call('POST', '/demo/catalog', {
      change: [{ title: 'The Lantern', set: { title: 'The Lamp' } }],
    });
    const user = await demo.userId('ada');
    const played = await demo.page(`/Items?userId=${user}&${EPISODES}&Filters=IsPlayed`);
    expect(played.Items.filter((item) => item.SeriesName === 'The Lamp')).toHaveLength(5);
  });
});
