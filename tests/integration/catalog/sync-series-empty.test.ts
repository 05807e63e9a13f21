import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SyncSeriesInput, syncSeries } from '../../../src/catalog/sync-series.ts';
import type { MediaServer } from '../../../src/media-server/media-server.ts';
import type { Database } from '../../../src/platform/database.ts';
import { rowVersions, titleNames } from '../../support/catalog-state.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { episode, library, scriptedMediaServer, series } from '../../support/scripted-media-server.ts';

let db: Database;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

/** A library of three series, far below what guards against a large removal. */
function start() {
  const ids = ['a', 'b', 'c'];
  const { mediaServer, script } = scriptedMediaServer({
    series: { 'lib-1': ids.map((id) => series(id, `Show ${id}`, { version: '1' })) },
    episodes: { 'lib-1': ids.map((id) => episode(`${id}-1`, id, 1, 1)) },
  });
  return {
    script,
    mediaServer,
    run: async (lies: Partial<MediaServer>, input: SyncSeriesInput = {}) => {
      const context = testContext(db, { mediaServer: { ...mediaServer, ...lies } });
      const counts = await syncSeries(context, input);
      return { counts, failures: context.record.failures, lines: context.record.lines };
    },
  };
}

async function* nothing() {
  yield { items: [], skipped: 0 };
}

const names = ['Show a', 'Show b', 'Show c'];
const gone = ['[Show a]', '[Show b]', '[Show c]'];

describe('a small library that suddenly lists nothing', () => {
  it.each(['series', 'episodes'] as const)('is not believed while the server counts %s', async (kind) => {
    const { run } = start();
    await run({});
    const before = await rowVersions(db);
    // The only library failed, so that the run fails as a whole; `full` reads the episodes of unchanged series too.
    await expect(run({ [kind]: nothing }, { full: true })).rejects.toMatchObject({
      code: 'MEDIA_SERVER_BAD_ANSWER',
      message: expect.stringContaining(`lists no ${kind} in "Shows", but counts 3`),
      retryable: true,
    });
    expect(await rowVersions(db)).toEqual(before);
    expect((await run({})).counts).toMatchObject({ seriesRemoved: 0, episodesRemoved: 0 });
  });

  it('is not believed of one changed series either', async () => {
    const { run, script } = start();
    script.episodes['lib-1']?.push(
      ...Array.from({ length: 3_000 }, (_, index) => episode(`c-${index + 2}`, 'c', 1, index + 2)),
    );
    await run({});
    const before = await titleNames(db);
    script.series['lib-1']?.splice(0, 1, series('a', 'Show a', { version: '2' }));
    await expect(run({ episodes: nothing })).rejects.toMatchObject({ code: 'MEDIA_SERVER_BAD_ANSWER' });
    expect(await titleNames(db)).toEqual(before);
    expect((await run({})).counts).toMatchObject({ episodesSeen: 1, episodesRemoved: 0 });
  });

  it('is believed when the server counts none either, in the dry run as in the real one', async () => {
    const { run, script } = start();
    await run({});
    Object.assign(script, { series: {}, episodes: {} });
    const said = await run({}, { dryRun: true });
    expect(await titleNames(db)).toEqual(names);
    const done = await run({});
    expect(done.counts).toEqual(said.counts);
    expect(done.counts).toMatchObject({ seriesRemoved: 3, episodesRemoved: 3 });
    expect(done.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('counts none') }]);
    expect(await titleNames(db)).toEqual(gone);
  });

  it('costs no request more while it lists anything', async () => {
    const { run } = start();
    await run({});
    const unasked = async () => {
      throw new Error('The server was asked to count.');
    };
    await run({ countItems: unasked }, { full: true });
  });
});

describe('a list of libraries that lacks one', () => {
  it('is asked for again, and what the second one lists stays', async () => {
    const { run, mediaServer } = start();
    await run({});
    const before = await rowVersions(db);
    let asked = 0;
    const libraries: MediaServer['libraries'] = async (signal) =>
      asked++ === 0 ? [] : mediaServer.libraries(signal);
    const { counts, failures } = await run({ libraries });
    expect([asked, counts.libraries, failures]).toEqual([2, 1, []]);
    expect(await rowVersions(db)).toEqual(before);
  });

  it('is no list when it is empty twice, unless a large removal is allowed', async () => {
    const { run } = start();
    await run({});
    const before = await rowVersions(db);
    const libraries: MediaServer['libraries'] = async () => [];
    await expect(run({ libraries })).rejects.toMatchObject({
      code: 'MEDIA_SERVER_BAD_ANSWER',
      remedy: expect.stringContaining('allowLargeRemoval'),
    });
    expect(await rowVersions(db)).toEqual(before);
    await run({ libraries }, { allowLargeRemoval: true });
    expect(await titleNames(db)).toEqual(gone);
  });

  it('is believed when it lacks one of several twice', async () => {
    const { run, script } = start();
    script.libraries.push(library('lib-2', 'More'));
    script.series['lib-2'] = [series('d', 'Show d')];
    await run({});
    script.libraries.pop();
    expect((await run({})).counts).toMatchObject({ seriesRemoved: 1 });
    expect(await titleNames(db)).toEqual([...names, '[Show d]']);
  });
});
