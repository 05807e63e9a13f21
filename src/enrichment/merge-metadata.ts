import type { SeriesStatus } from '../catalog/series-reads.repo.ts';
import { type SeriesFacts, SOURCES, type SourceName } from './metadata-source.ts';

/** What the media server itself knows of a title, as far as sources may add to it. */
export interface OwnFacts {
  readonly genres: string[];
  readonly keywords: string[];
  readonly networks: string[];
  readonly status: SeriesStatus | null;
}

/** What one source knows; `popularity` is the share of that source's titles here that are less popular, 0..1. */
export interface SourceFacts extends SeriesFacts {
  readonly source: SourceName;
}

/** What only sources know. */
export interface PublicReception {
  /** Number of public votes; null when no source counts them. */
  readonly votes: number | null;
  /** 0..10 */
  readonly voteAverage: number | null;
  /** Share of the titles here that are less popular, 0..1. */
  readonly popularity: number | null;
}

/**
 * Joins what the media server knows with what the sources say, TMDb before TVmaze.
 *
 * Keywords are united, whatever their case. Genres, networks and status are the media server's when it has any, because
 * that is what its users see, and two spellings of one network would count as two; else the first source's that has.
 * Votes come with the average they belong to.
 */
export function mergeMetadata<Title extends OwnFacts>(
  title: Title,
  unordered: readonly SourceFacts[],
): Title & PublicReception {
  const sources = SOURCES.flatMap((name) => unordered.filter(({ source }) => source === name));
  const first = <Value>(read: (facts: SourceFacts) => Value | null): Value | null =>
    sources.map(read).find((value) => value !== null) ?? null;
  const own = (values: string[], read: (facts: SourceFacts) => readonly string[]) =>
    values.length > 0 ? values : [...(sources.map(read).find(({ length }) => length > 0) ?? [])];
  const rated = sources.find(({ voteAverage }) => voteAverage !== null);
  return {
    ...title,
    keywords: withoutRepeats([...title.keywords, ...sources.flatMap(({ keywords }) => keywords)]),
    genres: own(title.genres, ({ genres }) => genres),
    networks: own(title.networks, ({ networks }) => networks),
    status: title.status ?? first(({ status }) => status),
    votes: first(({ voteCount }) => voteCount),
    voteAverage: rated?.voteAverage ?? null,
    popularity: first(({ popularity }) => popularity),
  };
}

function withoutRepeats(keywords: readonly string[]): string[] {
  const byFolded = new Map<string, string>();
  for (const keyword of keywords) {
    const folded = keyword.toLowerCase();
    if (!byFolded.has(folded)) byFolded.set(folded, keyword);
  }
  return [...byFolded.values()];
}
