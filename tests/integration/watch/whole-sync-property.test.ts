import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { syncSeries } from '../../../src/catalog/sync-series.ts';
import { type SeededRandom, seededRandom } from '../../support/seeded-random.ts';
import { household, startWatchDemo, type WatchDemo } from '../../support/watch-demo.ts';

const SIZE = { users: 2, series: 6, episodes: 5, touched: 3, watched: 2 };
const STEPS = 40;
const PAGE = 4;
const RUNTIME_SECONDS = 2_400;

let watch: WatchDemo;
afterEach(() => watch.close());

/** A series of the server as this test believes it to be; all have one season. */
interface Show {
  readonly title: string;
  episodes: number;
}

async function catalog(body: object): Promise<void> {
  const answer = await watch.demo.call('POST', '/demo/catalog', body);
  expect(answer.status, answer.text).toBe(200);
}

const described = (title: string, episodes: number) => ({
  title,
  year: 2015,
  status: 'Ended',
  runtime: RUNTIME_SECONDS / 60,
  seasons: [episodes],
  tvdb: 7_000 + Number(title.replace(/\D/g, '')),
});

/** Changes a text, adds an episode, gives a series new ids, adds a series or removes one. */
async function edit(random: SeededRandom, shows: Show[], step: number): Promise<void> {
  const show = random.pick(shows);
  const set = (change: object) => catalog({ change: [{ title: show.title, set: change }] });
  switch (random.below(5)) {
    case 0:
      return set({ overview: `Told in step ${step}.` });
    case 1:
      show.episodes += 1;
      return set({ seasons: [show.episodes] });
    case 2:
      return set({ path: `/media/shows/moved-${step}/${show.title}` });
    case 3:
      shows.push({ title: `Late ${step}`, episodes: 3 });
      return catalog({ add: [described(`Late ${step}`, 3)] });
    default:
      if (shows.length < 4) return;
      shows.splice(shows.indexOf(show), 1);
      return catalog({ remove: [{ title: show.title }] });
  }
}

async function play(random: SeededRandom, shows: readonly Show[]): Promise<void> {
  const show = random.pick(shows);
  const episode = { title: show.title, season: 1, episode: 1 + random.below(show.episodes) };
  const user = `user-${1 + random.below(SIZE.users)}`;
  if (random.happens(0.6)) return watch.play({ user, ...episode });
  const positionSeconds = 300 + random.below(1_500);
  return watch.play({ user, ...episode, action: 'stop', positionSeconds });
}

/** What comes between us and the server; lists are longer than a page, so that a shift meets all of them. */
async function breakSomething(random: SeededRandom): Promise<void> {
  const rule = random.pick([
    { kind: 'page-shift', match: 'StartIndex=[1-9]', shift: 1, times: 1 + random.below(3) },
    { kind: 'page-shift', match: 'StartIndex=[1-9]', shift: -1, times: 1 + random.below(3) },
    { kind: 'page-shift', match: 'StartIndex=[1-9]', shift: -1, times: 60, after: random.below(3) },
    { kind: 'empty', match: 'TotalRecordCount=false', times: 1 + random.below(3), after: random.below(10) },
    { kind: 'cut', match: 'Items', times: 1, after: random.below(25) },
    { kind: 'garbage', match: 'Items', times: 1, after: random.below(25) },
    { kind: 'status', match: 'Items', times: 1, after: random.below(25) },
  ]);
  await watch.demo.call('POST', '/demo/faults', { rules: [rule] });
}

/** Both syncs; whether they went through is not what is asked here. */
async function sync(full: { catalog: boolean; history: boolean }): Promise<void> {
  await syncSeries(watch.context, { full: full.catalog, allowLargeRemoval: true }).catch(mediaServerOnly);
  await watch.syncHistory({ full: full.history }).catch(mediaServerOnly);
}

function mediaServerOnly(error: unknown): void {
  expect(error).toMatchObject({ code: expect.stringMatching(/^MEDIA_SERVER_/) });
}

/** Episodes by what they are, plays and play states by user and episode. */
async function stored() {
  const rows = await watch.db.rows<{ kind: string; key: string; value: string }>(sql`
    with named as (
      select e.id, t.name || ' ' || e.slot as name from episodes e join titles t on t.id = e.title_id)
    select 'episode' as kind, name as key, id::text as value from named
    union all
    select 'play', p.user_id || ' ' || n.name || ' ' || coalesce(p.played_at::text, '-'), ''
    from plays p join named n on n.id = p.episode_id
    union all
    select 'state', s.user_id || ' ' || n.name, s.played::text
    from play_states s join named n on n.id = s.episode_id`);
  return new Map(rows.map(({ kind, key, value }) => [`${kind} ${key}`, value]));
}

/** Nothing in this test takes a play back: what was once stored stays, and what was played stays played. */
function expectNothingLost(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): void {
  const lost = [...before].filter(([key, value]) => {
    const now = after.get(key);
    return (
      now === undefined || (key.startsWith('state') ? value === 'true' && now !== 'true' : now !== value)
    );
  });
  expect(lost).toEqual([]);
}

/** Every episode that the server calls played or begun is so here. */
async function expectAsServed(): Promise<void> {
  const { mediaServer } = watch.context;
  const signal = new AbortController().signal;
  const [library] = await mediaServer.libraries(signal);
  for (const { id: userId, name } of await mediaServer.users(signal)) {
    const held = new Map(
      (
        await watch.db.rows<{ item: string; played: boolean | null; position: number | null }>(sql`
          select c.provider_item_id as item, p.played, p.position_ms as position
          from episode_copies c join media_users u on u.name = ${name}
          left join play_states p on p.episode_id = c.episode_id and p.user_id = u.id
          where c.removed_at is null`)
      ).map((row) => [row.item, row]),
    );
    for await (const page of mediaServer.playStates({ libraryId: library?.id ?? '', userId, signal }))
      for (const { itemId, played, positionMs } of page.items)
        expect(held.get(itemId), name).toMatchObject({
          // A copy that came with new ids may have forgotten what its episode is known to be.
          played: played || (held.get(itemId)?.played ?? null),
          ...(positionMs > 0 && { position: positionMs }),
        });
  }
}

// Jellyfin from 10.11 keys watch state by item, so that it forgets with new ids; Emby and older ones key it by provider
// id and number (UserDataManager, Episode.GetUserDataKeys).
describe.each([
  { name: 'Jellyfin 12', options: {}, seed: 1 },
  { name: 'Jellyfin 10.10', options: { serverVersion: '10.10.7' }, seed: 2 },
  { name: 'Emby', options: { dialect: 'emby' }, seed: 3 },
] as const)('whole syncs from $name, seed $seed', ({ options, seed }) => {
  it('lose no play and no episode through edits, new ids, outages and page shifts, and end as the server is', {
    timeout: 300_000,
  }, async () => {
    const random = seededRandom(seed);
    watch = await startWatchDemo(household(SIZE), { ...options, pageSize: PAGE });
    const shows = Array.from({ length: SIZE.series }, (_, index) => ({
      title: `Series ${index + 1}`,
      episodes: SIZE.episodes,
    }));
    await sync({ catalog: true, history: true });
    let before = await stored();
    expect([...before.keys()].filter((key) => key.startsWith('play'))).toHaveLength(
      SIZE.users * SIZE.touched * SIZE.watched,
    );
    for (let step = 0; step < STEPS; step += 1) {
      watch.later(1 + random.below(120));
      for (let plays = random.below(3); plays > 0; plays -= 1) await play(random, shows);
      if (random.happens(0.6)) await edit(random, shows, step);
      if (random.happens(0.5)) await breakSomething(random);
      await sync({ catalog: random.happens(0.2), history: random.happens(0.2) });
      await watch.demo.call('POST', '/demo/faults', {});
      const after = await stored();
      expectNothingLost(before, after);
      before = after;
    }
    await sync({ catalog: true, history: true });
    expectNothingLost(before, await stored());
    await expectAsServed();
    const live = await watch.db.rows<{ title: string; episodes: number }>(sql`
      select t.name as title, count(*)::int as episodes from titles t join episodes e on e.title_id = t.id
      where t.removed_at is null and e.removed_at is null group by t.name`);
    const byTitle = (one: { title: string }, other: { title: string }) => (one.title < other.title ? -1 : 1);
    expect(live.toSorted(byTitle)).toEqual(shows.toSorted(byTitle));
  });
});
