/** What tells whether two titles are one series. */
interface Identified {
  readonly name: string;
  readonly originalName?: string | null;
  readonly year: number | null;
  readonly tvdbId: string | null;
  readonly tmdbId: string | null;
  readonly imdbId: string | null;
  /** Ids that others than the media server know, such as `tvmaze:82`. */
  readonly otherIds?: readonly string[];
}

/** Keys that were asked for: they are compared for every viewer anew. */
const known = new WeakMap<Identified, readonly string[]>();

/** Keys of which two entries of the same series share one: the provider ids, and each name with the year. */
export function identityKeys(title: Identified): readonly string[] {
  let keys = known.get(title);
  if (!keys) {
    keys = makeKeys(title);
    known.set(title, keys);
  }
  return keys;
}

function makeKeys(title: Identified): string[] {
  const ids = { tvdb: title.tvdbId, tmdb: title.tmdbId, imdb: title.imdbId };
  const keys = Object.entries(ids).flatMap(([provider, id]) => (id ? [`${provider}:${id}`] : []));
  keys.push(...(title.otherIds ?? []));
  if (title.year === null) return keys;
  for (const name of new Set([title.name, title.originalName ?? ''].map(folded)))
    if (name) keys.push(`name:${name}:${title.year}`);
  return keys;
}

function folded(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
}
