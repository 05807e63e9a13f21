import type { Logger } from '../platform/log.ts';
import type { CatalogSeries, DemoData } from './catalog.ts';
import { guid, type Item, itemId, type Library, type Series } from './items.ts';
import { type PlayState, UNTOUCHED } from './play-state-keys.ts';
import type { ServerProfile } from './profile.ts';
import { buildSeries, seriesFolder } from './series-builder.ts';
import { type DemoUser, demoUser } from './users.ts';

/** Location of the source library unless a real folder is given. */
const SOURCE_LOCATION = '/media/shows';

/** A line of the server's activity log. */
interface Activity {
  readonly id: number;
  readonly type: 'VideoPlayback' | 'VideoPlaybackStopped';
  readonly userId: string;
  readonly itemId: string;
  readonly name: string;
  /** ms */
  readonly at: number;
}

/** Everything the demo server knows, in memory. */
export interface MediaState {
  readonly profile: ServerProfile;
  readonly serverId: string;
  readonly serverName: string;
  readonly apiKey: string;
  readonly libraries: Library[];
  readonly users: DemoUser[];
  /** Every item by id. */
  readonly items: Map<string, Item>;
  /** User id -> play state key -> play state. */
  readonly playStates: Map<string, Map<string, PlayState>>;
  /** The same, only those that changed since the start of the first run: what a state file keeps. */
  readonly changedPlayStates: Map<string, Map<string, PlayState>>;
  /** Catalog entries of the source library, in the order of its series. */
  readonly entries: CatalogSeries[];
  readonly activities: Activity[];
  /** What scans had to say, for tests and curious people. */
  readonly scanWarnings: { readonly path: string; readonly message: string }[];
  /** Where webhooks of plays are sent; null for nowhere. */
  webhookUrl: string | null;
  /** Session tokens of users who logged in. */
  readonly tokens: Map<string, DemoUser>;
  /** Goes up with every change of items or policies; lists made before are then stale. */
  contentVersion: number;
  /** Goes up with every change of play states. */
  playVersion: number;
  /** Called after every change that a state file keeps. */
  onChange: () => void;
  readonly now: () => Date;
  readonly log: Logger;
}

/** What a state starts from. */
export interface MediaStateInput {
  readonly profile: ServerProfile;
  readonly data: DemoData;
  readonly apiKey: string;
  /** A folder on disk for the source library instead of an invented path. */
  readonly mediaFolder?: string;
  readonly now: () => Date;
  readonly log: Logger;
}

/** Builds the server's state: the source library "Shows" with the catalog, and its users with their play states. */
export function createMediaState(input: MediaStateInput): MediaState {
  const { profile, data } = input;
  const library = newLibrary(profile, {
    name: 'Shows',
    collectionType: 'tvshows',
    locations: [input.mediaFolder ?? SOURCE_LOCATION],
    options: {},
    isSource: true,
  });
  const state: MediaState = {
    profile,
    serverId: guid(`server/${profile.dialect}`),
    serverName: 'Showrunner demo',
    apiKey: input.apiKey,
    libraries: [library],
    users: data.viewers.map(demoUser),
    items: new Map<string, Item>([[library.id, library]]),
    playStates: new Map(),
    changedPlayStates: new Map(),
    entries: [...data.series],
    activities: [],
    scanWarnings: [],
    webhookUrl: null,
    tokens: new Map(),
    contentVersion: 0,
    playVersion: 0,
    onChange: () => {},
    now: input.now,
    log: input.log,
  };
  setSeries(
    state,
    library,
    data.series.map((entry) => buildSeries(profile, library, entry)),
  );
  for (const [index, viewer] of data.viewers.entries()) {
    const user = state.users[index];
    if (user) state.playStates.set(user.id, playStatesOf(library, viewer));
  }
  return state;
}

/** A library without items; `isListed` says whether it has an id at once. */
export function newLibrary(
  profile: ServerProfile,
  input: Pick<Library, 'name' | 'collectionType' | 'locations' | 'options' | 'isSource'>,
): Library {
  const id = itemId(profile, `library/${input.name}`);
  return {
    kind: 'Library',
    id,
    guid: profile.dialect === 'jellyfin' ? id : guid(`library/${input.name}`),
    isListed: true,
    series: [],
    seasons: [],
    episodes: [],
    scanProgress: null,
    ...input,
  };
}

/** Replaces the items of a library. */
export function setSeries(state: MediaState, library: Library, series: readonly Series[]): void {
  for (const old of itemsOf(library)) state.items.delete(old.id);
  library.series = series;
  library.seasons = series.flatMap((one) => one.seasons);
  library.episodes = series.flatMap((one) => one.episodes);
  for (const item of itemsOf(library)) state.items.set(item.id, item);
  for (const { boxSet } of series) if (boxSet) state.items.set(boxSet.id, boxSet);
  state.contentVersion++;
}

/** Forgets a library and its items. */
export function removeLibrary(state: MediaState, library: Library): void {
  setSeries(state, library, []);
  state.items.delete(library.id);
  state.libraries.splice(state.libraries.indexOf(library), 1);
}

/** The library that holds the catalog. */
export function sourceLibrary(state: MediaState): Library {
  const library = state.libraries.find((one) => one.isSource);
  if (!library) throw new TypeError('The demo server lost its source library.');
  return library;
}

/** Rebuilds the source library after `entries` changed; a series keeps its id as long as it keeps its path. */
export function rebuildSource(state: MediaState): void {
  const library = sourceLibrary(state);
  setSeries(
    state,
    library,
    state.entries.map((entry) => buildSeries(state.profile, library, entry)),
  );
}

/** Position of the entry with that title (and year, when given), or -1. */
export function findEntry(state: MediaState, title: string, year?: number | null): number {
  return state.entries.findIndex(
    (entry) => entry.title === title && (year === undefined || entry.year === year),
  );
}

/** Fixes the folder of an entry, so that renaming it later leaves its ids alone. */
export function withPath(state: MediaState, entry: CatalogSeries): CatalogSeries {
  return { ...entry, path: seriesFolder(sourceLibrary(state), entry) };
}

function* itemsOf(library: Library): Generator<Item> {
  yield* library.series;
  yield* library.seasons;
  yield* library.episodes;
}

function playStatesOf(library: Library, viewer: DemoData['viewers'][number]): Map<string, PlayState> {
  const states = new Map<string, PlayState>();
  for (const { series: position, isFavorite, episodes } of viewer.plays) {
    const series = library.series[position];
    if (!series) continue;
    if (isFavorite) {
      states.set(series.playKey, { ...UNTOUCHED, isFavorite });
    }
    const numbered = series.episodes.filter((episode) => episode.season.number > 0);
    for (const play of episodes) {
      const episode = numbered[play.ordinal - 1];
      if (!episode) continue;
      states.set(episode.playKey, {
        played: play.count > 0,
        playCount: play.count,
        lastPlayed: play.at,
        positionTicks: play.positionSeconds * 10_000_000,
        isFavorite: false,
      });
    }
  }
  return states;
}
