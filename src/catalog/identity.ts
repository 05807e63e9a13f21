import type { ProviderIds } from '../media-server/media-server.ts';

const ID_KINDS = ['tvdb', 'tmdb', 'imdb'] as const;

/** What tells two series apart. */
export interface Identity {
  readonly providerIds: ProviderIds;
  /** As made by `foldName`. */
  readonly matchName: string;
  readonly year: number | null;
}

/** A title that an incoming series may turn out to be. */
export interface KnownTitle extends Identity {
  readonly id: number;
  readonly removed: boolean;
}

/** Whether both sides carry ids of a same kind, and none of those agrees. */
export function idsContradict(one: ProviderIds, other: ProviderIds): boolean {
  const shared = ID_KINDS.filter((kind) => one[kind] && other[kind]);
  return shared.length > 0 && shared.every((kind) => one[kind] !== other[kind]);
}

/**
 * Whether two titles that were told apart are one series after all: they carry ids of a same kind, and all of those
 * agree. Names do not matter, and one id that differs keeps them apart: unlike finding the title of an item, joining
 * two histories cannot be taken back.
 */
export function isSameSeries(one: ProviderIds, other: ProviderIds): boolean {
  let isSame = false;
  for (const kind of ID_KINDS) {
    if (!one[kind] || !other[kind]) continue;
    if (one[kind] !== other[kind]) return false;
    isSame = true;
  }
  return isSame;
}

/**
 * Finds the title that a series of the media server is, or null when it is a new one.
 *
 * In this order: the title of the same item before (`copyOf`), unless provider ids contradict; a title with the same
 * tvdb, tmdb, then imdb id; a title with the same folded name and year whose ids do not contradict. A missing year, or
 * one that is off by one, is tolerated only where one side has no ids at all and just one title fits. Among several
 * that fit, one that is on the server goes before a removed one, then the oldest.
 */
export function matchTitle(
  item: Identity & { readonly copyOf: number | null },
  known: readonly KnownTitle[],
): number | null {
  const copy = known.find((title) => title.id === item.copyOf);
  if (copy && !idsContradict(item.providerIds, copy.providerIds)) return copy.id;
  for (const kind of ID_KINDS) {
    const id = item.providerIds[kind];
    const same = id ? best(known.filter((title) => title.providerIds[kind] === id)) : null;
    if (same !== null) return same;
  }
  const named = known.filter(
    (title) => title.matchName === item.matchName && !idsContradict(item.providerIds, title.providerIds),
  );
  const exact = best(named.filter((title) => title.year !== null && title.year === item.year));
  if (exact !== null) return exact;
  const near = named.filter(
    (title) => (!hasIds(item.providerIds) || !hasIds(title.providerIds)) && isYearNear(item.year, title.year),
  );
  return near.length === 1 ? best(near) : null;
}

/** The title as it is once `item` counts as a copy of it: ids that it lacked are taken over. */
export function withIdentityOf(title: KnownTitle, item: Identity): KnownTitle {
  return { ...title, providerIds: { ...item.providerIds, ...title.providerIds } };
}

function best(fits: readonly KnownTitle[]): number | null {
  const [first] = fits.toSorted((a, b) => Number(a.removed) - Number(b.removed) || a.id - b.id);
  return first?.id ?? null;
}

function hasIds(ids: ProviderIds): boolean {
  return ID_KINDS.some((kind) => ids[kind]);
}

function isYearNear(one: number | null, other: number | null): boolean {
  return one === null || other === null || Math.abs(one - other) <= 1;
}
