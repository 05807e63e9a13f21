import { describe, expect, it } from 'vitest';
import { type HistoryLibrary, looksRescanned, planHistory } from '../../../src/watch/history-libraries.ts';
import { mergePlayStates, type PlayState, playStateOf } from '../../../src/watch/merge-play-states.ts';
import { assignFolders, folderName } from '../../../src/watch/user-folders.ts';
import { played } from '../../support/scripted-media-server.ts';

describe('playStateOf', () => {
  const begun = (positionMs: number, runtimeMs: number | null) =>
    played('x', null, { played: false, positionMs, runtimeMs });

  it('gives the fraction played, 1 when played', () => {
    expect(playStateOf(begun(450_000, 1_800_000), { episodeId: 1, runtimeMs: null }, false).percentage).toBe(
      0.25,
    );
    expect(playStateOf(begun(450_000, null), { episodeId: 1, runtimeMs: 900_000 }, false).percentage).toBe(
      0.5,
    );
    expect(
      playStateOf(played('x', null, { positionMs: 450_000 }), { episodeId: 1, runtimeMs: null }, false)
        .percentage,
    ).toBe(1);
  });

  it('stays within 0..1 whatever the server says', () => {
    expect(
      playStateOf(begun(9_000_000, 1_800_000), { episodeId: 1, runtimeMs: null }, false).percentage,
    ).toBe(1);
    expect(playStateOf(begun(-5, 1_800_000), { episodeId: 1, runtimeMs: null }, false)).toMatchObject({
      percentage: 0,
      positionMs: 0,
    });
    expect(playStateOf(begun(450_000, null), { episodeId: 1, runtimeMs: null }, false).percentage).toBe(0);
    expect(playStateOf(begun(450_000, 0), { episodeId: 1, runtimeMs: null }, false).percentage).toBe(0);
  });
});

describe('mergePlayStates', () => {
  const state = (part: Partial<PlayState>): PlayState => ({
    episodeId: 1,
    played: false,
    positionMs: 0,
    percentage: 0,
    playCount: 0,
    isFavorite: false,
    lastPlayedAt: null,
    fromVirtual: false,
    ...part,
  });
  const early = state({ played: true, percentage: 1, playCount: 3, lastPlayedAt: new Date('2026-01-01') });
  const late = state({
    positionMs: 500,
    percentage: 0.5,
    playCount: 1,
    isFavorite: true,
    lastPlayedAt: new Date('2026-02-01'),
  });

  it('takes the best of both and the position of the later play, in either order', () => {
    const merged = state({
      played: true,
      positionMs: 500,
      percentage: 1,
      playCount: 3,
      isFavorite: true,
      lastPlayedAt: new Date('2026-02-01'),
    });
    expect(mergePlayStates(early, late)).toEqual(merged);
    expect(mergePlayStates(late, early)).toEqual(merged);
  });

  it('takes the further position when neither was played later', () => {
    const near = state({ positionMs: 100, percentage: 0.1 });
    const far = state({ positionMs: 900, percentage: 0.9 });
    expect(mergePlayStates(near, far)).toEqual(far);
    expect(mergePlayStates(far, near)).toEqual(far);
  });
});

describe('planHistory', () => {
  const libraries: HistoryLibrary[] = ['a', 'b'].map((providerId, id) => ({
    id,
    providerId,
    isVirtual: false,
  }));
  const [a] = libraries;

  it('reads what the user can open, and trusts it to be complete', () => {
    expect(planHistory({ enableAllFolders: true, enabledFolders: [] }, libraries)).toEqual({
      read: libraries,
      complete: libraries,
    });
    expect(planHistory({ enableAllFolders: false, enabledFolders: ['a', 'films'] }, libraries)).toEqual({
      read: [a],
      complete: [a],
    });
    expect(planHistory({ enableAllFolders: false, enabledFolders: [] }, libraries)).toEqual({
      read: [],
      complete: [],
    });
  });

  it('reads all but trusts none when the policy speaks of ids it does not know', () => {
    expect(planHistory({ enableAllFolders: false, enabledFolders: ['guid-of-a'] }, libraries)).toEqual({
      read: libraries,
      complete: [],
    });
  });
});

describe('looksRescanned', () => {
  it.each([
    [{ stored: 100, unreported: 100, unknown: 100 }, true],
    [{ stored: 100, unreported: 31, unknown: 31 }, true],
    [{ stored: 100, unreported: 30, unknown: 100 }, false],
    [{ stored: 100, unreported: 100, unknown: 99 }, false],
    [{ stored: 19, unreported: 19, unknown: 19 }, false],
    [{ stored: 0, unreported: 0, unknown: 500 }, false],
  ])('judges %j', (history, rescanned) => {
    expect(looksRescanned(history)).toBe(rescanned);
  });
});

describe('user folders', () => {
  it.each([
    ['Ann', 'ann'],
    ['  José Müller ', 'jose-muller'],
    ['../../etc/passwd', 'etc-passwd'],
    ["O'Brien", 'obrien'],
    ['김철수', 'user'],
    ['', 'user'],
    ['CON', 'con-user'],
    ['x'.repeat(300), 'x'.repeat(60)],
  ])('turns %j into %j', (name, folder) => {
    expect(folderName(name)).toBe(folder);
  });

  it('numbers equal names, also against folders in use', () => {
    expect(assignFolders(['Ann', 'ann', 'ANN!', 'Bob'], ['ann-2', 'BOB'])).toEqual([
      'ann',
      'ann-3',
      'ann-4',
      'bob-2',
    ]);
  });
});
