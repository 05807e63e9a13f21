import { readId } from './foreign-values.ts';
import type { Page } from './media-server.ts';
import type { RawList } from './parse-server.ts';
import { badAnswer } from './server-errors.ts';

/** Pages in a row without a single new item, after which the server is taken to ignore where a page starts. */
const MAX_BARREN_PAGES = 3;

/** How a list is read. */
export interface PagedList<Item> {
  readonly fetchPage: (start: number, limit: number, signal: AbortSignal) => Promise<RawList>;
  /** Null for what is not an item of the list. */
  readonly parse: (raw: unknown) => Item | null;
  /** Items in a page, at least 2. */
  readonly pageSize: number;
  readonly signal: AbortSignal;
  /** Ids seen so far; shared between lists that are to be merged without repeats. */
  readonly seen?: Set<string>;
  /** Whether, after a page with these items, the rest of the list is not wanted. */
  readonly isEnough?: (items: readonly Item[]) => boolean;
  /** Told when the list changed while it was read, and is read once more. */
  readonly onChanged?: () => void;
}

/**
 * Reads a list page by page, requesting the next page while the last one is used, and never more than that one. Every
 * page starts with the last item of the page before: another item in its place means that the list moved in between,
 * be it forward (items repeat) or backward (items are missed, which nothing else would tell). Such a list is read once
 * more from the start, for the items not seen before, so that a complete pass is one; when it moves again, the last page
 * says that something could not be read.
 *
 * @throws ShowrunnerError `MEDIA_SERVER_BAD_ANSWER` when the server sends the same page over and over; the signal's reason
 */
export async function* readItemPages<Item>(list: PagedList<Item>): AsyncGenerator<Page<Item>> {
  const reading = new AbortController();
  const stop = () => reading.abort(list.signal.reason);
  list.signal.throwIfAborted();
  list.signal.addEventListener('abort', stop, { once: true });
  const pass = {
    seen: list.seen ?? new Set<string>(),
    inList: new Set<string>(),
    changed: false,
    isTorn: false,
  };
  try {
    yield* readPass(list, pass, reading.signal);
    if (!pass.changed) return;
    list.onChanged?.();
    const again = { ...pass, inList: new Set<string>(), isTorn: false };
    for await (const page of readPass(list, again, reading.signal)) {
      if (page.items.length > 0) yield { ...page, skipped: 0 };
    }
    // Nothing at all, where there was a list just now, is no answer either.
    if (again.isTorn || again.inList.size === 0) yield { items: [], skipped: 0, unreadable: 1 };
  } finally {
    list.signal.removeEventListener('abort', stop);
    reading.abort(new DOMException('The list is not read any further.', 'AbortError'));
  }
}

interface Pass {
  /** Ids that were yielded or looked at before: by this pass, an earlier one or another list. */
  readonly seen: Set<string>;
  /** Ids of this pass alone. */
  readonly inList: Set<string>;
  changed: boolean;
  /** Whether a page did not begin where the one before ended, so that items may have been missed. */
  isTorn: boolean;
}

async function* readPass<Item>(
  list: PagedList<Item>,
  pass: Pass,
  signal: AbortSignal,
): AsyncGenerator<Page<Item>> {
  let start = 0;
  let lastId: string | null = null;
  let barren = 0;
  let next: Promise<RawList> | null = list.fetchPage(start, list.pageSize, signal);
  while (next) {
    const page: RawList = await next;
    const overlaps = start > 0;
    const ids = page.items.map(idOf);
    const isContinued = !overlaps || (page.items.length > 0 && ids[0] === lastId);
    if (!isContinued) {
      pass.changed = true;
      pass.isTorn = true;
    }
    const result = sort(page.items, ids, overlaps && isContinued ? 1 : 0, list.parse, pass);

    barren = result.fresh === 0 ? barren + 1 : 0;
    const isMore =
      page.items.length > 0 &&
      hasMore(page, start, list.pageSize, result.fresh) &&
      !list.isEnough?.(result.items);
    if (isMore && barren >= MAX_BARREN_PAGES) {
      throw badAnswer('The media server sends the same page of a list again and again.', {
        remedy: 'Try again when no library scan is running; if it stays, the server ignores StartIndex.',
        retryable: true,
      });
    }
    start += Math.max(page.items.length - 1, 1);
    lastId = ids.at(-1) ?? null;
    next = isMore ? list.fetchPage(start, list.pageSize, signal) : null;
    // The page may fail, or be given up, while the consumer is busy: it is looked at only when awaited.
    next?.catch(() => {});
    if (result.items.length > 0 || result.skipped > 0) {
      const { items, skipped, unreadable } = result;
      yield { items, skipped, ...(unreadable > 0 && { unreadable }) };
    }
    signal.throwIfAborted();
  }
}

interface Sorted<Item> {
  readonly items: Item[];
  readonly skipped: number;
  readonly unreadable: number;
  /** Items not met before in this pass, of whatever kind. */
  readonly fresh: number;
}

function sort<Item>(
  raws: readonly unknown[],
  ids: readonly (string | null)[],
  from: number,
  parse: (raw: unknown) => Item | null,
  pass: Pass,
): Sorted<Item> {
  const items: Item[] = [];
  let skipped = 0;
  let unreadable = 0;
  let fresh = 0;
  for (let index = from; index < raws.length; index++) {
    const id = ids[index] ?? null;
    if (id !== null && pass.inList.has(id)) {
      skipped++;
      pass.changed = true;
      continue;
    }
    if (id !== null) {
      fresh++;
      pass.inList.add(id);
      if (pass.seen.has(id)) continue;
      pass.seen.add(id);
    }
    const item = parse(raws[index]);
    if (item !== null) {
      items.push(item);
      continue;
    }
    skipped++;
    if (isOpen(raws[index])) unreadable++;
  }
  return { items, skipped, unreadable, fresh };
}

/**
 * A full page may have a successor; a longer one comes from a server that ignores the limit and sent everything; a
 * shorter one is the last, unless the server counts more, having a lower limit of its own.
 */
function hasMore(page: RawList, start: number, limit: number, fresh: number): boolean {
  if (page.items.length === limit) return true;
  if (page.items.length > limit) return false;
  return fresh > 0 && page.total !== null && page.total > start + page.items.length;
}

/**
 * Whether an item that could not be read leaves it open what the list holds. One that is listed as missing does not; one
 * of another type does: box sets stand in the place of their series, and Emby answers a query that it does not
 * understand with its root folders.
 */
function isOpen(raw: unknown): boolean {
  return !(
    typeof raw === 'object' &&
    raw !== null &&
    'LocationType' in raw &&
    raw.LocationType === 'Virtual'
  );
}

function idOf(raw: unknown): string | null {
  return typeof raw === 'object' && raw !== null && 'Id' in raw ? readId(raw.Id) : null;
}
