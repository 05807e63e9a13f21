import { describe, expect, test } from 'vitest';
import { driftedOptions, repairedOptions } from '../../../src/library-writer/library-drift.ts';
import { likelyRuntimeMs } from '../../../src/library-writer/likely-runtime.ts';
import { seriesChanges } from '../../../src/library-writer/series-changes.ts';
import {
  planServerSteps,
  type ServerStepsInput,
  stepsInWords,
} from '../../../src/library-writer/server-steps.ts';
import { ownLibraryOptions } from '../../../src/media-server/library-options.ts';
import { serverLibrary } from '../../support/library-media-server.ts';
import { pickedEpisode } from '../../support/library-writing.ts';

const PATH = '/libraries/users/ann/ai-series';

describe('options', () => {
  test('those that were set have not drifted, in whatever way a server says "none"', () => {
    expect(driftedOptions(ownLibraryOptions(PATH))).toEqual([]);
    expect(driftedOptions({ ...ownLibraryOptions(PATH), MetadataSavers: null })).toEqual([]);
    expect(driftedOptions(null)).toEqual([]);
    expect(driftedOptions({})).toEqual([]);
  });

  test('an option that the server does not know cannot drift, however often it is set', () => {
    const { EnableLUFSScan: _, EnableMarkerDetection: __, ...known } = ownLibraryOptions(PATH);
    expect(driftedOptions(known)).toEqual([]);
  });

  test.each([
    ['EnableRealtimeMonitor', true],
    ['EnableAutomaticSeriesGrouping', true],
    ['SaveLocalMetadata', true],
    ['MetadataSavers', ['Nfo']],
    ['AutomaticRefreshIntervalDays', 30],
    ['LocalMetadataReaderOrder', []],
    ['TypeOptions', []],
    ['TypeOptions', [{ Type: 'Series', ImageFetchers: ['TheTVDB'] }]],
    ['Enabled', false],
  ])('%s that is %j is set again', (name, value) => {
    const actual = { ...ownLibraryOptions(PATH), [name]: value, PreferredMetadataLanguage: 'de' };
    expect(driftedOptions(actual)).toEqual([name]);
    const repaired = repairedOptions(actual);
    expect(repaired).toEqual({ ...ownLibraryOptions(PATH), PreferredMetadataLanguage: 'de' });
  });
});

describe('steps at the server', () => {
  const found = serverLibrary('lib', "Ann's picks", [PATH], { options: ownLibraryOptions(PATH) });
  const input: ServerStepsInput = {
    enabled: true,
    hasFiles: true,
    isChanged: false,
    pending: 'nothing',
    force: false,
    found,
    policy: { EnableAllFolders: true },
    serverPath: PATH,
  };
  const listed = { EnableAllFolders: false, EnabledFolders: ['lib'] };
  test.each<[string, Partial<ServerStepsInput>, readonly string[]]>([
    ['all is as it should be', {}, []],
    ['a file changed', { isChanged: true }, ['ask for a scan']],
    ['it is told to', { force: true }, ['ask for a scan']],
    ['a run was cut off while it wrote', { pending: 'files' }, ['ask for a scan']],
    ['a run was cut off before the scan', { pending: 'scan' }, ['ask for a scan']],
    ['placeholders are still to be marked', { pending: 'marks' }, []],
    ['there is none', { found: undefined }, ['create the library at the media server', 'ask for a scan']],
    [
      'there is none and the user opens what is listed',
      { found: undefined, policy: listed },
      ['create the library at the media server', 'open it to the user', 'ask for a scan'],
    ],
    ['the user may open it by the list', { policy: listed }, []],
    ['the user may not', { policy: { ...listed, EnabledFolders: [] } }, ['open it to the user']],
    ['an administrator blocked it', { policy: { BlockedMediaFolders: ['lib'] } }, []],
    ['there is nothing to show', { found: undefined, hasFiles: false, isChanged: true }, []],
    [
      'the user was disabled',
      { enabled: false, hasFiles: false, isChanged: true },
      ['remove the library from the media server'],
    ],
    ['the user was disabled and it is gone', { enabled: false, hasFiles: false, found: undefined }, []],
    [
      'the user was disabled and somebody added a folder',
      {
        enabled: false,
        hasFiles: false,
        isChanged: true,
        found: serverLibrary('lib', 'x', [PATH, '/home videos']),
      },
      ['ask for a scan'],
    ],
    [
      'its path is written in another way',
      { enabled: false, hasFiles: false, found: serverLibrary('lib', 'x', [`${PATH}/`]) },
      ['remove the library from the media server'],
    ],
  ])('when %s', (_, part, steps) => {
    expect(stepsInWords(planServerSteps({ ...input, ...part }))).toEqual(steps);
  });
});

test('series that come, go, move and stay are told apart', () => {
  const before = [1, 2, 3, 4].map((titleId, index) => ({ titleId, rank: index + 1 }));
  const after = [2, 5, 3].map((titleId, index) => ({ titleId, rank: index + 1 }));
  expect(seriesChanges(before, after)).toEqual({
    added: [{ titleId: 5, rank: 2 }],
    removed: [
      { titleId: 1, rank: 1 },
      { titleId: 4, rank: 4 },
    ],
    moved: [{ titleId: 2, rank: 1, previousRank: 2 }],
    kept: 1,
  });
  expect(seriesChanges(after, after)).toEqual({ added: [], removed: [], moved: [], kept: 3 });
});

test('an unknown runtime is the median of the known ones, else what the series says, else an hour', () => {
  const of = (...runtimes: (number | null)[]) =>
    runtimes.map((runtimeMs, index) => pickedEpisode(1, 1, index + 1, { runtimeMs }));
  expect(likelyRuntimeMs(of(60, null, 10, 20, 5_000), 47)).toBe(60);
  expect(likelyRuntimeMs(of(null, 0), 47)).toBe(2_820_000);
  expect(likelyRuntimeMs(of(null), null)).toBe(3_600_000);
  expect(likelyRuntimeMs([], 0)).toBe(3_600_000);
});
