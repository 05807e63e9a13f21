import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadHistoryCatalog } from '../../../src/demo/history-catalog.ts';
import { startDemo } from './demo-client.ts';

/** Where a checkout may have real viewing histories beside it; they are never part of the repository. */
const REAL_DATA = resolve(process.cwd(), '../shared/data/tv');
const hasRealData = existsSync(join(REAL_DATA, 'catalog.jsonl.gz'));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-history-'));
  await mkdir(join(folder, 'dev'));
});
afterEach(() => rm(folder, { recursive: true }));

const LINE = {
  id: 7,
  title: 'Invented',
  year: 2019,
  overview: null,
  genres: ['Drama'],
  keywords: [],
  network: ['Net'],
  status: 'Unknown',
  rating: 7,
  seasons: 2,
  episodes: null,
  imdb: 'tt7',
  tmdb: 77,
};

async function write(lines: readonly object[], events: readonly string[]): Promise<void> {
  await writeFile(
    join(folder, 'catalog.jsonl.gz'),
    gzipSync(lines.map((line) => JSON.stringify(line)).join('\n')),
  );
  const rows = ['user,series,episodeOrdinal,date,fold', ...events].join('\n');
  await writeFile(join(folder, 'dev', 'events.csv.gz'), gzipSync(`${rows}\n`));
}

describe('a catalog folder with histories', () => {
  it('has at least as many episodes as anybody watched, spread evenly over the seasons', async () => {
    await write(
      [LINE, { ...LINE, id: 8, title: 'Short', seasons: null, episodes: 5 }],
      ['n1,7,25,2021-05-01,train'],
    );
    const { series } = await loadHistoryCatalog(folder);
    expect(series.map((one) => one.seasons)).toEqual([[12, 13], [5]]);
    expect(series[0]).toMatchObject({ status: null, imdb: 'tt7', tmdb: 77, tvdb: null });
  });

  it('turns every user of the events into a viewer, counts repeats, and adds an administrator', async () => {
    await write([LINE], ['n1,7,1,2021-05-01,train', 'n1,7,1,2022-01-01,test', 'n2,7,2,2021-06-01,train']);
    const { viewers } = await loadHistoryCatalog(folder);
    expect(viewers.map((viewer) => [viewer.name, viewer.isAdmin])).toEqual([
      ['admin', true],
      ['n1', false],
      ['n2', false],
    ]);
    expect(viewers[1]?.plays).toMatchObject([{ series: 0, episodes: [{ ordinal: 1, count: 2 }] }]);
  });

  it('lets nothing be watched before it aired or came to the server', async () => {
    await write([{ ...LINE, year: 2023 }], ['n1,7,3,2021-05-03,train', 'n1,7,1,2021-05-09,train']);
    const data = await loadHistoryCatalog(folder);
    expect(data.series[0]?.airDates?.slice(0, 3)).toEqual(['2021-05-03', '2021-05-03', '2021-05-03']);
    const demo = await startDemo({ catalog: data });
    const { Items } = await demo.page(
      '/Items?IncludeItemTypes=Episode&Recursive=true&Fields=DateCreated&SortBy=SortName',
    );
    expect(String(Items[0]?.DateCreated)).toMatch(/^2021-05-03/);
    await demo.close();
  });

  it('is refused when there is no catalog or a row makes no sense', async () => {
    await expect(loadHistoryCatalog(join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'BAD_CONFIGURATION',
    });
    await write([LINE], ['n1,7,first,2021-05-01,train']);
    await expect(loadHistoryCatalog(folder)).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'events' });
  });
});

describe('the real histories beside the checkout', () => {
  it.runIf(hasRealData)('load at full size and are served page by page', async () => {
    const demo = await startDemo({ catalog: REAL_DATA });
    const users = await demo.get('/Users');
    expect(users.body).toHaveLength(111);
    const list = `/Items?ParentId=${await demo.libraryId()}&Recursive=true&Limit=500&IncludeItemTypes=`;
    const series = await demo.page(`${list}Series&StartIndex=5500`);
    expect([series.TotalRecordCount, series.Items.length]).toEqual([6000, 500]);
    const episodes = await demo.page(`${list}Episode&StartIndex=150000&SortBy=DateCreated,SortName`);
    expect(episodes.TotalRecordCount).toBeGreaterThan(200_000);
    const played = await demo.page(`${list}Episode&Filters=IsPlayed&userId=${await demo.userId('n002')}`);
    expect(played.TotalRecordCount).toBeGreaterThan(100);
    await demo.close();
  });

  it.skipIf(hasRealData)(`are absent (${REAL_DATA}): loading them was not tested`, () => {});
});
