import { msOf } from './air-schedule.ts';
import type { ItemQuery, SortKey } from './item-query.ts';
import { type Item, itemName, sortName } from './items.ts';
import type { MediaState } from './media-state.ts';
import { playStateOf } from './play-states.ts';
import type { DemoUser } from './users.ts';

/** Orders `items`; what is equal keeps its place. Each key is computed once an item, not once a comparison. */
export function sortItems(
  state: MediaState,
  items: readonly Item[],
  sort: ItemQuery['sort'],
  user: DemoUser | null,
): readonly Item[] {
  if (sort.length === 0 || items.length < 2) return items;
  const columns = sort.map(({ key, descending }) => {
    return { values: items.map((item) => sortValue(state, item, key, user)), sign: descending ? -1 : 1 };
  });
  const order = items.map((_, index) => index);
  order.sort((left, right) => {
    for (const { values, sign } of columns) {
      const difference = compare(values[left], values[right]);
      if (difference !== 0) return difference * sign;
    }
    return left - right;
  });
  return order.flatMap((index) => items[index] ?? []);
}

type SortValue = string | number | undefined;

/** Unknown values come first, as nulls do in the servers' databases. */
function compare(left: SortValue, right: SortValue): number {
  if (left === right) return 0;
  if (left === undefined) return -1;
  if (right === undefined) return 1;
  return left < right ? -1 : 1;
}

function sortValue(state: MediaState, item: Item, key: SortKey, user: DemoUser | null): SortValue {
  switch (key) {
    case 'sortname':
      return sortName(item);
    case 'name':
      return itemName(item).toLowerCase();
    case 'datecreated':
      return addedAt(item);
    case 'premieredate':
      return premiereOf(item);
    case 'productionyear':
      return item.kind === 'Series' ? (item.year ?? undefined) : undefined;
    case 'communityrating':
      return item.kind === 'Series' ? (item.rating ?? undefined) : undefined;
    case 'indexnumber':
      return item.kind === 'Episode' || item.kind === 'Season' ? (item.number ?? undefined) : undefined;
    case 'parentindexnumber':
      return item.kind === 'Episode' ? item.season.number : undefined;
    case 'seriessortname':
      return item.kind === 'Episode' || item.kind === 'Season' ? sortName(item.series) : sortName(item);
    case 'runtime':
      return item.kind === 'Episode' ? (item.runtimeSeconds ?? undefined) : undefined;
    case 'dateplayed':
      return user ? (playStateOf(state, user, item).lastPlayed ?? undefined) : undefined;
    case 'playcount':
      return user ? playStateOf(state, user, item).playCount : undefined;
  }
}

/** When an item came to the server, in ms; a season came with its first episode. */
export function addedAt(item: Item): number {
  if (item.kind === 'Library') return 0;
  if (item.kind === 'Season') return item.episodes[0]?.addedAt ?? item.series.addedAt;
  return item.addedAt;
}

function premiereOf(item: Item): number | undefined {
  if (item.kind !== 'Series' && item.kind !== 'Episode') return undefined;
  return item.airDay === null ? undefined : msOf(item.airDay);
}
