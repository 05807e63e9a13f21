/** A picked series with what its files say about it. Dates are `yyyy-mm-dd`; texts may hold anything. */
export interface LibraryPick {
  readonly titleId: number;
  /** 1 is the best pick. */
  readonly rank: number;
  readonly name: string;
  readonly originalName: string | null;
  readonly year: number | null;
  readonly premiereDate: string | null;
  readonly endDate: string | null;
  readonly status: 'CONTINUING' | 'ENDED' | 'UNRELEASED' | null;
  readonly overview: string | null;
  readonly genres: readonly string[];
  readonly keywords: readonly string[];
  readonly networks: readonly string[];
  /** 0..10 */
  readonly communityRating: number | null;
  readonly officialRating: string | null;
  readonly runtimeMinutes: number | null;
  readonly tvdbId: string | null;
  readonly tmdbId: string | null;
  readonly imdbId: string | null;
  readonly addedOn: string | null;
  /** Why it was picked; null when there is no explanation or the user wants none. */
  readonly explanation: string | null;
}

/** A numbered episode that has a file. */
export interface LibraryEpisode {
  readonly titleId: number;
  /** 0 holds the specials. */
  readonly seasonNumber: number;
  readonly number: number;
  readonly name: string | null;
  readonly overview: string | null;
  readonly airDate: string | null;
  /** Its share of the file's runtime. */
  readonly runtimeMs: number | null;
  readonly addedOn: string | null;
  /** The original, as the media server sees it: a path or a URL. */
  readonly path: string;
}

/** One file of a season: a single episode, or several that share it. */
export interface EpisodeFile {
  readonly seasonNumber: number;
  readonly number: number;
  /** Last number of a file with several episodes; equal to `number` otherwise. */
  readonly numberEnd: number;
  /** In order of number, never empty. */
  readonly episodes: readonly LibraryEpisode[];
  readonly path: string;
}

/** Groups the episodes of one series by the file they are in, ordered by season and number. */
export function groupByFile(episodes: readonly LibraryEpisode[]): readonly EpisodeFile[] {
  const groups = new Map<string, LibraryEpisode[]>();
  const ordered = episodes.toSorted(
    (left, right) => left.seasonNumber - right.seasonNumber || left.number - right.number,
  );
  for (const episode of ordered) {
    const key = `${episode.seasonNumber}:${episode.path}`;
    const group = groups.get(key);
    if (group) group.push(episode);
    else groups.set(key, [episode]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const last = group.at(-1);
    if (!first || !last) return [];
    const { seasonNumber, number, path } = first;
    return [{ seasonNumber, number, numberEnd: last.number, episodes: group, path }];
  });
}
