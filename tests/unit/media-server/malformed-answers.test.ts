import { describe, expect, it } from 'vitest';
import { episodeRows } from '../../../src/catalog/episode-rows.ts';
import { seasonRow } from '../../../src/catalog/season-row.ts';
import { seriesRow } from '../../../src/catalog/series-row.ts';
import { readItemPages } from '../../../src/media-server/item-pages.ts';
import { parseEpisode, parseSeason, parseSeries } from '../../../src/media-server/parse-catalog.ts';
import { parseLibrary, parseList, parseServerInfo } from '../../../src/media-server/parse-server.ts';
import { parsePlayState, parseUser } from '../../../src/media-server/parse-users.ts';
import { malformed, SERIES_ANSWER } from '../../support/malformed-answers.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** PostgreSQL takes neither NUL nor halves of surrogate pairs, in text and in JSON. */
const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const OTHER_PARSERS = [parsePlayState, parseUser, parseLibrary, parseServerInfo];

function rowsOf(raw: unknown): object[] {
  const series = parseSeries(raw);
  const season = parseSeason(raw);
  const episode = parseEpisode(raw);
  const rows = [
    series && seriesRow(series),
    season && seasonRow(season),
    ...(episode ? episodeRows(episode) : []),
  ];
  return rows.filter((row) => row !== null);
}

function isUnstorable(text: string): boolean {
  return UNSTORABLE.test(text);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

describe('10,000 malformed answers', () => {
  it('crash no parser, and give rows that the database takes', { timeout: 300_000 }, () => {
    const random = seededRandom(20_261_121);
    const unstorable: unknown[] = [];
    let read = 0;
    for (let count = 0; count < 10_000; count++) {
      const answer: unknown = JSON.parse(JSON.stringify(malformed(random, SERIES_ANSWER)) ?? 'null');
      for (const raw of parseList(answer)?.items ?? [answer]) {
        for (const parse of OTHER_PARSERS) if (textsOf(parse(raw)).some(isUnstorable)) unstorable.push(raw);
        const rows = rowsOf(raw);
        read += rows.length;
        if (textsOf(rows).some(isUnstorable)) unstorable.push(raw);
      }
    }
    expect(unstorable).toEqual([]);
    expect(read).toBeGreaterThan(5_000);
  });
});

describe('a list with items that cannot be read', () => {
  const list = async (items: readonly unknown[]) => {
    let unreadable = 0;
    const pages = readItemPages({
      fetchPage: async (start) => ({ items: start === 0 ? items : [], total: 0 }),
      parse: parseSeries,
      pageSize: 500,
      signal: new AbortController().signal,
    });
    for await (const page of pages) unreadable += page.unreadable ?? 0;
    return unreadable;
  };

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'Breaking Bad'],
    ['no id', { Type: 'Series', Name: 'Breaking Bad' }],
    ['no type', { Id: '1', Name: 'Breaking Bad' }],
    ['no name', { Type: 'Series', Id: '1' }],
    [
      'a root folder [Emby lists them for a query that it does not understand]',
      { Id: '1', Type: 'CollectionFolder', Name: 'TV' },
    ],
    ['a box set, which hides its series [Jellystat issue 535]', { Id: '1', Type: 'BoxSet', Name: 'All' }],
  ])('counts %s', async (_what, raw) => {
    expect(await list([raw])).toBe(1);
  });

  it('does not count one that is missing [Jellyfin lists them to API keys]', async () => {
    expect(await list([{ Id: '1', Type: 'Series', Name: 'X', LocationType: 'Virtual' }])).toBe(0);
  });
});

describe('a list that changes again and again while it is read', () => {
  it('gives every item that stayed, and none twice', async () => {
    for (let seed = 0; seed < 200; seed++) {
      const { stayed, read } = await readMoving(seed);
      expect(new Set(read).size, `seed ${seed}`).toBe(read.length);
      expect(
        stayed.filter((id) => !read.includes(id)),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });
});

/** Reads a list that changes between the first few requests, then holds still: one that never does cannot be read. */
async function readMoving(seed: number) {
  const random = seededRandom(seed);
  let next = 0;
  const shelf = Array.from({ length: random.below(40) }, () => ({ Id: `i${next++}` }));
  const start = shelf.map((item) => item.Id);
  const gone = new Set<string>();
  let requests = 0;
  const pages = readItemPages({
    fetchPage: async (from, limit) => {
      requests += 1;
      if (requests > 1 && requests <= 4 && random.happens(0.5)) {
        if (random.happens(0.5)) shelf.splice(random.below(shelf.length + 1), 0, { Id: `i${next++}` });
        else for (const item of shelf.splice(random.below(shelf.length), 1)) gone.add(item.Id);
      }
      return { items: shelf.slice(from, from + limit), total: null };
    },
    parse: (raw) => (typeof raw === 'object' && raw !== null && 'Id' in raw ? raw.Id : null),
    pageSize: 2 + random.below(6),
    signal: new AbortController().signal,
  });
  const read: unknown[] = [];
  for await (const page of pages) read.push(...page.items);
  return { stayed: start.filter((id) => !gone.has(id)), read };
}
