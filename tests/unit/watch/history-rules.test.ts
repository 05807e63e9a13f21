import { describe, expect, it } from 'vitest';
import { readSince, readUpTo } from '../../../src/watch/history-marks.ts';
import type { PlayState } from '../../../src/watch/merge-play-states.ts';
import { playOf } from '../../../src/watch/play-log.ts';
import { playedDifference, resolveStates, saysNothingNew } from '../../../src/watch/resolve-states.ts';
import { activityByUser } from '../../../src/watch/user-activity.ts';
import { played } from '../../support/scripted-media-server.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const hours = (count: number) => new Date(NOON.getTime() + count * 3_600_000);

describe('since when plays are read', () => {
  it('is an hour before the last pass, by the clock of the media server', () => {
    expect(readSince({ fullAt: hours(-5), readTo: hours(-3) }, NOON)).toEqual(hours(-4));
  });

  it.each([
    { fullAt: null, readTo: null },
    { fullAt: hours(-1), readTo: null },
    { fullAt: null, readTo: hours(-1) },
    { fullAt: hours(-24), readTo: hours(-1) },
  ])('is for ever after %j', (marks) => {
    expect(readSince(marks, NOON)).toBeNull();
  });
});

describe('how far a pass has read', () => {
  it('is to its begin, or to the first play that the catalog could not place', () => {
    expect(readUpTo(NOON, [])).toEqual(NOON);
    expect(readUpTo(NOON, [hours(-2), hours(-30), hours(1)])).toEqual(hours(-30));
  });

  it('does not wait for ever for what the catalog will never know', () => {
    expect(readUpTo(NOON, [hours(-7 * 24 - 1), hours(-5)])).toEqual(hours(-5));
  });
});

describe('the last play that an item tells of', () => {
  const episode = { episodeId: 7, runtimeMs: 1_000_000 };
  const at = '2026-11-20T20:00:00Z';

  it('went to the end when the position was reset', () => {
    expect(playOf(played('i', at), episode, 'LIBRARY')).toEqual({
      episodeId: 7,
      playedAt: new Date(at),
      percentage: 1,
      positionMs: 0,
      source: 'LIBRARY',
    });
  });

  it('went as far as the position, also when the episode had been played before', () => {
    const item = played('i', at, { positionMs: 450_000.4 });
    expect(playOf(item, episode, 'WEBHOOK')).toMatchObject({ percentage: 0.25, positionMs: 450_000 });
    expect(playOf({ ...item, runtimeMs: null }, episode, 'WEBHOOK')).toMatchObject({
      percentage: 0.45,
      positionMs: 450_000,
    });
  });

  it('has no date where the server knows none, and is none when nothing was played', () => {
    expect(playOf(played('i', null), episode, 'LIBRARY')).toMatchObject({ playedAt: null });
    expect(playOf(played('i', null, { played: false }), episode, 'LIBRARY')).toBeNull();
    expect(playOf(played('i', at, { played: false }), episode, 'LIBRARY')).toMatchObject({ percentage: 0 });
  });

  it('is not further than the end, and no share of an unknown runtime', () => {
    const far = played('i', at, { positionMs: 9e6 });
    expect(playOf(far, episode, 'LIBRARY')?.percentage).toBe(1);
    const unknown = { episodeId: 7, runtimeMs: null };
    expect(playOf({ ...far, runtimeMs: null }, unknown, 'LIBRARY')?.percentage).toBe(0);
  });
});

const copy = (itemId: string, libraryId = 1, episodeId = 7) => ({
  itemId,
  libraryId,
  episodeId,
  runtimeMs: null,
});
const untouched = (itemId: string) => played(itemId, null, { played: false, playCount: 0 });
const answers = (...items: ReturnType<typeof played>[]) => new Map(items.map((item) => [item.itemId, item]));
const known = (part: Partial<PlayState> = {}) =>
  new Map<number, PlayState>([
    [
      7,
      {
        episodeId: 7,
        played: true,
        positionMs: 0,
        percentage: 1,
        playCount: 1,
        isFavorite: false,
        lastPlayedAt: NOON,
        fromVirtual: false,
        ...part,
      },
    ],
  ]);

describe('what the copies of an episode say', () => {
  it('is merged, and untouched only when every copy says so', () => {
    const both = [copy('hd'), copy('uhd', 2)];
    const one = resolveStates(
      both,
      answers(played('hd', '2026-11-20T20:00:00Z'), untouched('uhd')),
      new Map(),
    );
    expect(one.states.get(7)).toMatchObject({ played: true });
    expect(one.untouched).toEqual([]);
    const none = resolveStates(both, answers(untouched('hd'), untouched('uhd')), known());
    expect([none.states.size, none.untouched]).toEqual([0, [7]]);
  });

  it('does not outweigh what is stored as long as a copy is silent', () => {
    const both = [copy('hd'), copy('gone', 2)];
    const begun = played('hd', '2026-11-21T20:00:00Z', { played: false, positionMs: 60_000 });
    expect(resolveStates(both, answers(begun), known()).states.get(7)).toMatchObject({
      played: true,
      positionMs: 60_000,
    });
    expect(resolveStates(both, answers(untouched('hd')), known())).toMatchObject({ untouched: [] });
    expect(resolveStates([copy('gone')], new Map(), known())).toMatchObject({ untouched: [] });
  });
});

describe('how the count of a library moved', () => {
  const difference = (
    libraryId: number,
    copies: ReturnType<typeof copy>[],
    said: ReturnType<typeof answers>,
    stored: ReturnType<typeof known>,
  ) =>
    playedDifference(libraryId, {
      copies,
      answers: said,
      stored,
      resolved: resolveStates(copies, said, stored),
    });

  it('is one up for a new play and one down for one taken back', () => {
    expect(difference(1, [copy('hd')], answers(played('hd', null)), new Map())).toBe(1);
    expect(difference(1, [copy('hd')], answers(untouched('hd')), known())).toBe(-1);
    expect(difference(2, [copy('hd')], answers(untouched('hd')), known())).toBe(0);
  });

  it('counts the copy that was played where each has a state of its own, and both where they share one', () => {
    const both = [copy('hd', 1), copy('uhd', 2)];
    const own = answers(played('hd', null), untouched('uhd'));
    expect([difference(1, both, own, new Map()), difference(2, both, own, new Map())]).toEqual([1, 0]);
    const shared = answers(played('hd', null), played('uhd', null));
    expect([difference(1, both, shared, new Map()), difference(2, both, shared, new Map())]).toEqual([1, 1]);
  });

  it('is none while one copy is begun and the other one has long been played', () => {
    const both = [copy('hd', 1), copy('uhd', 1)];
    const said = answers(played('hd', null, { played: false, positionMs: 60_000 }), played('uhd', null));
    expect(difference(1, both, said, known())).toBe(0);
  });

  it('counts a double episode once', () => {
    const double = [copy('double', 1, 7), copy('double', 1, 8)];
    expect(difference(1, double, answers(played('double', null)), new Map())).toBe(1);
  });

  it('leaves plays in libraries of ours out', () => {
    expect(difference(1, [copy('hd')], answers(played('hd', null)), known({ fromVirtual: true }))).toBe(1);
  });
});

it('an item says nothing new when all of it is stored', () => {
  const item = played('hd', NOON.toISOString());
  expect(saysNothingNew(item, known().get(7))).toBe(true);
  expect(saysNothingNew(item, undefined)).toBe(false);
  expect(saysNothingNew(item, known({ fromVirtual: true }).get(7))).toBe(false);
  expect(saysNothingNew({ ...item, positionMs: 5 }, known().get(7))).toBe(false);
  expect(saysNothingNew({ ...item, isFavorite: true }, known().get(7))).toBe(false);
  expect(saysNothingNew({ ...item, lastPlayedAt: hours(1) }, known().get(7))).toBe(false);
});

it('the activity log is told by user, in whatever form it writes ids', () => {
  const activity = activityByUser([
    { userId: 'AB-CD', itemId: 'i1' },
    { userId: 'abcd', itemId: 'i2' },
    { userId: 'other', itemId: null },
  ]);
  expect(activity?.('abcd')).toEqual({ itemIds: ['i1', 'i2'], isVague: false });
  expect(activity?.('other')).toEqual({ itemIds: [], isVague: true });
  expect(activity?.('nobody')).toEqual({ itemIds: [], isVague: false });
  expect(activityByUser(null)).toBeNull();
});
