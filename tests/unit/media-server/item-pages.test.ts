import { describe, expect, test } from 'vitest';
import { readItemPages } from '../../../src/media-server/item-pages.ts';
import type { Page } from '../../../src/media-server/media-server.ts';
import type { RawList } from '../../../src/media-server/parse-server.ts';

interface Row {
  readonly Id: string;
}

const rows = (from: number, to: number): Row[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ Id: `i${from + index}` }));

const parse = (raw: unknown): string | null =>
  typeof raw === 'object' && raw !== null && 'Id' in raw && typeof raw.Id === 'string' ? raw.Id : null;

/** Reads with pages of 4 from whatever `shelf` holds at the time of each request. */
async function read(fetchPage: (start: number, limit: number) => RawList, seen?: Set<string>) {
  const starts: number[] = [];
  const pages: Page<string>[] = [];
  let changes = 0;
  const list = {
    fetchPage: async (start: number, limit: number) => {
      starts.push(start);
      return fetchPage(start, limit);
    },
    parse,
    pageSize: 4,
    signal: new AbortController().signal,
    ...(seen && { seen }),
    onChanged: () => {
      changes++;
    },
  };
  for await (const page of readItemPages(list)) pages.push(page);
  const skipped = pages.reduce((sum, page) => sum + page.skipped, 0);
  const unreadable = pages.reduce((sum, page) => sum + (page.unreadable ?? 0), 0);
  return { ids: pages.flatMap((page) => page.items), skipped, unreadable, starts, changes };
}

const slice = (
  shelf: readonly unknown[],
  start: number,
  limit: number,
  total: number | null = 0,
): RawList => ({
  items: shelf.slice(start, start + limit),
  total,
});

describe('a list that holds still', () => {
  test.each([0, 1, 3, 4, 5, 7, 8, 30])('of %d items is read once and whole', async (count) => {
    const shelf = rows(1, count);
    const result = await read((start, limit) => slice(shelf, start, limit));
    expect(result).toMatchObject({ ids: shelf.map(({ Id }) => Id), skipped: 0, changes: 0 });
  });

  test('is read in pages that overlap by one item', async () => {
    const result = await read((start, limit) => slice(rows(1, 9), start, limit));
    expect(result.starts).toEqual([0, 3, 6]);
  });

  test('counts what is not an item, also at the edge of a page', async () => {
    const shelf = [{ Id: 'i1' }, { Id: 5 }, null, { no: 'id' }, { Id: 'i2' }];
    const result = await read((start, limit) => slice(shelf, start, limit));
    expect(result).toMatchObject({ ids: ['i1', 'i2'], skipped: 3, changes: 0 });
  });
});

describe('a list that changes while it is read', () => {
  test('by an item coming in before is read once more, without repeats', async () => {
    const shelf = rows(1, 10);
    let isOld = true;
    const result = await read((start, limit) => {
      if (start > 0 && isOld) shelf.unshift({ Id: 'new' });
      if (start > 0) isOld = false;
      return slice(shelf, start, limit);
    });
    expect(result.ids.toSorted()).toEqual([...rows(1, 10).map(({ Id }) => Id), 'new'].toSorted());
    expect(result).toMatchObject({ changes: 1, skipped: 2 });
  });

  test('by an item going away before is read once more, so that none is missed [nothing repeats in this case]', async () => {
    const shelf = rows(1, 10);
    let isWhole = true;
    const result = await read((start, limit) => {
      if (start > 0 && isWhole) shelf.splice(0, 2);
      if (start > 0) isWhole = false;
      return slice(shelf, start, limit);
    });
    expect(result.ids.toSorted()).toEqual(
      rows(1, 10)
        .map(({ Id }) => Id)
        .toSorted(),
    );
    expect(result.changes).toBe(1);
  });

  test('and again while it is read once more, cannot tell that something is gone', async () => {
    const calm = rows(1, 12);
    const once = await read((start, limit) => slice(calm, start, limit));
    const shelf = rows(1, 20);
    const twice = await read((start, limit) => {
      if (start > 0) shelf.splice(0, 1);
      return slice(shelf, start, limit);
    });
    expect([once.unreadable, once.changes]).toEqual([0, 0]);
    expect([twice.unreadable, twice.changes]).toEqual([1, 1]);
  });

  test('and is empty when it is read once more cannot tell that something is gone', async () => {
    const shelf = rows(1, 12);
    let asked = 0;
    const result = await read((start, limit) => slice(asked++ > 0 ? [] : shelf, start, limit));
    expect([result.unreadable, result.changes]).toEqual([1, 1]);
  });

  test('by losing its end is read once more', async () => {
    const shelf = rows(1, 10);
    const result = await read((start, limit) => {
      if (start > 0) shelf.splice(1);
      return slice(shelf, start, limit);
    });
    expect(result).toMatchObject({ ids: ['i1', 'i2', 'i3', 'i4'], changes: 1 });
  });
});

describe('a server of another mind', () => {
  test('that sends more than asked for has sent everything', async () => {
    const result = await read(() => ({ items: rows(1, 9), total: 0 }));
    expect(result).toMatchObject({ ids: rows(1, 9).map(({ Id }) => Id), starts: [0] });
  });

  test('that sends less than asked for, but counts more, is asked on [independent servers with a limit of their own]', async () => {
    const shelf = rows(1, 7);
    const result = await read((start) => slice(shelf, start, 3, shelf.length));
    expect(result).toMatchObject({ ids: shelf.map(({ Id }) => Id), skipped: 0, changes: 0 });
  });

  test('that counts more than it has is asked once in vain', async () => {
    const result = await read((start, limit) => slice(rows(1, 2), start, limit, 99));
    expect(result).toMatchObject({ ids: ['i1', 'i2'], starts: [0, 1] });
  });

  test('that ignores where a page starts is given up', async () => {
    const endless = read(() => ({ items: rows(1, 4), total: 0 }));
    await expect(endless).rejects.toMatchObject({ code: 'MEDIA_SERVER_BAD_ANSWER', retryable: true });
  });

  test('that sends full pages of nothing is given up', async () => {
    const endless = read(() => ({ items: [null, {}, 'x', 7], total: 0 }));
    await expect(endless).rejects.toMatchObject({ code: 'MEDIA_SERVER_BAD_ANSWER' });
  });
});

test('items of an earlier list are left out of the next one silently', async () => {
  const seen = new Set<string>();
  const first = await read((start, limit) => slice(rows(1, 6), start, limit), seen);
  const second = await read((start, limit) => slice(rows(4, 9), start, limit), seen);
  expect(first.ids).toEqual(rows(1, 6).map(({ Id }) => Id));
  expect(second).toMatchObject({ ids: ['i7', 'i8', 'i9'], skipped: 0, changes: 0 });
});
