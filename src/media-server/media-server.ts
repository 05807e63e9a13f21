import type { ImageSource, LibraryControl } from './library-control.ts';

/** The two families of servers that Showrunner speaks with. */
export type Dialect = 'jellyfin' | 'emby';

export interface ServerInfo {
  readonly dialect: Dialect;
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

export interface MediaLibrary {
  /** The server's item id of the library, opaque. */
  readonly id: string;
  readonly name: string;
  /** `tvshows`, `movies`, ...; null for mixed libraries. */
  readonly collectionType: string | null;
  /** Folders as the server sees them. */
  readonly locations: readonly string[];
}

export interface MediaUser {
  readonly id: string;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly isDisabled: boolean;
  readonly enableAllFolders: boolean;
  /** Ids of the libraries that the user may see when not all; folders that are no library keep the server's id. */
  readonly enabledFolders: readonly string[];
  readonly maxParentalRating: number | null;
  /** Whether series without an age rating are hidden from the user. */
  readonly blockUnrated: boolean;
  readonly blockedTags: readonly string[];
  /** Where any are named, what carries none of them is hidden. */
  readonly allowedTags: readonly string[];
}

/** An age rating and the value by which the server compares it with a user's highest permitted one. */
export interface ParentalRating {
  readonly name: string;
  readonly value: number;
}

export interface ProviderIds {
  readonly tvdb?: string;
  readonly tmdb?: string;
  readonly imdb?: string;
}

/** A series as one library of the server shows it. Every text is trimmed, never empty; unknown is null. */
export interface SeriesItem {
  readonly id: string;
  readonly name: string;
  readonly originalName: string | null;
  readonly sortName: string | null;
  readonly year: number | null;
  /** `yyyy-mm-dd` */
  readonly premiereDate: string | null;
  readonly endDate: string | null;
  readonly status: 'CONTINUING' | 'ENDED' | 'UNRELEASED' | null;
  readonly overview: string | null;
  readonly genres: readonly string[];
  readonly tags: readonly string[];
  readonly studios: readonly string[];
  /** 0..10 */
  readonly communityRating: number | null;
  readonly officialRating: string | null;
  readonly runtimeMinutes: number | null;
  readonly providerIds: ProviderIds;
  readonly path: string | null;
  readonly addedAt: Date | null;
  readonly images: { readonly primary?: string; readonly backdrop?: string };
  /**
   * Opaque: another one when something below the series was added or removed. Null when the server counts nothing, so
   * that only reading its episodes can tell. A new name of an episode alone does not change it.
   */
  readonly version: string | null;
}

export interface SeasonItem {
  readonly id: string;
  readonly seriesId: string | null;
  readonly number: number | null;
  readonly name: string | null;
  readonly overview: string | null;
  readonly premiereDate: string | null;
}

export interface EpisodeItem {
  readonly id: string;
  readonly seriesId: string | null;
  readonly seasonNumber: number | null;
  /** Null for unnumbered extras. */
  readonly number: number | null;
  /** Last number of a multi-episode file; null for a single episode. */
  readonly numberEnd: number | null;
  readonly name: string | null;
  readonly overview: string | null;
  /** `yyyy-mm-dd` */
  readonly airDate: string | null;
  readonly runtimeMs: number | null;
  readonly path: string | null;
  readonly addedAt: Date | null;
}

/** What a user did with one episode item. */
export interface PlayStateItem {
  readonly itemId: string;
  readonly played: boolean;
  readonly positionMs: number;
  /** Runtime as the server knows it; null when unknown. */
  readonly runtimeMs: number | null;
  readonly playCount: number;
  readonly isFavorite: boolean;
  readonly lastPlayedAt: Date | null;
}

/** What a user said of a series on the server. */
export interface SeriesOpinion {
  readonly itemId: string;
  /** 0..10 */
  readonly rating: number | null;
  readonly likes: boolean | null;
  readonly isFavorite: boolean;
}

/** One page of a list. `skipped` counts items left out as of another type, malformed or repeated. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly skipped: number;
  /** Of those skipped, how many leave it open what the list holds: it then cannot tell that something is gone. */
  readonly unreadable?: number;
}

export interface ListInput {
  readonly libraryId: string;
  /** Item id of one series of the library, to list what lies below it alone. */
  readonly seriesId?: string;
  /**
   * The user through whose eyes to list. Jellyfin does not check for an API key whether the user may see the library:
   * the caller does, by the user's `enabledFolders`.
   */
  readonly userId: string;
  readonly signal: AbortSignal;
}

/** The episodes a user has played lately. */
export interface RecentPlays {
  /** The one played last first. */
  readonly items: readonly PlayStateItem[];
  /** Episodes of the library that the user has played in all; null where the server does not count. */
  readonly total: number | null;
}

/** A playback in the server's activity log. */
export interface Activity {
  readonly userId: string;
  /** Null where the server does not say what was played. */
  readonly itemId: string | null;
}

/** Some items as one user sees them. */
interface ItemsInput {
  readonly userId: string;
  readonly itemIds: readonly string[];
  readonly signal: AbortSignal;
}

/** The questions by which a user's plays are followed without reading them all. */
export interface WatchSource {
  /** What the server's own clock said in its last answer, to the second; null when it never said. */
  serverTime(): Date | null;
  /**
   * Episodes of a library that the user played at `since` or later, by the date the server keeps: a mark can carry any
   * date, also an old one, and is then not among them (but in `total`).
   */
  playsSince(input: ListInput & { readonly since: Date }): Promise<RecentPlays>;
  /** Episodes of a library that the user has begun and not finished. */
  begunEpisodes(input: ListInput): AsyncIterable<Page<PlayStateItem>>;
  /** How many episodes of a library the user has played; null where the server does not count. */
  playedCount(input: ListInput): Promise<number | null>;
  /** Play states of the given episodes, untouched ones too; what the server does not show is left out. */
  playStatesOf(input: ItemsInput): Promise<readonly PlayStateItem[]>;
  /** How many episodes of the given series the user has not played; series that are gone or not counted are left out. */
  unplayedCounts(input: ItemsInput): Promise<ReadonlyMap<string, number>>;
  /**
   * Playbacks since a time, by all users. It knows nothing of marks. Null when the server keeps no log, does not show
   * it, or has more to tell than is worth reading.
   */
  activity(input: {
    readonly since: Date;
    readonly signal: AbortSignal;
  }): Promise<readonly Activity[] | null>;
}

/** A user whose name and password the server took. */
export interface SignedInUser {
  /** The server's id. */
  readonly id: string;
  readonly name: string;
  readonly isDisabled: boolean;
}

/**
 * A Jellyfin or Emby server behind one interface. Every call throws `ShowrunnerError` with a `MEDIA_SERVER_*` code;
 * lists are read page by page, the next page being requested while the last one is used, one request at a time.
 */
export interface MediaServer extends LibraryControl, ImageSource, WatchSource {
  /** Asks who the server is, without credentials, then checks the key. */
  connect(signal: AbortSignal): Promise<ServerInfo>;
  libraries(signal: AbortSignal): Promise<readonly MediaLibrary[]>;
  users(signal: AbortSignal): Promise<readonly MediaUser[]>;
  /** The age ratings that the server knows, in its country's order. */
  parentalRatings(signal: AbortSignal): Promise<readonly ParentalRating[]>;
  series(input: ListInput): AsyncIterable<Page<SeriesItem>>;
  seasons(input: ListInput): AsyncIterable<Page<SeasonItem>>;
  episodes(input: ListInput): AsyncIterable<Page<EpisodeItem>>;
  /** How many of a kind a library, or one series of it, holds by the server's own count, asked apart from the lists. */
  countItems(input: ListInput & { readonly kind: 'series' | 'episodes' }): Promise<number>;
  /** Play states of the episodes that the user has played or begun; all others are unwatched. */
  playStates(input: ListInput): AsyncIterable<Page<PlayStateItem>>;
  /** What the user said of the series of a library; series of which nothing is said are left out. */
  opinions(input: ListInput): AsyncIterable<Page<SeriesOpinion>>;
  /** Marks an episode as played by the user at that time; done twice it counts two plays. */
  markPlayed(input: { userId: string; itemId: string; at: Date; signal: AbortSignal }): Promise<void>;
  /**
   * Creates a TV library over `path` (as the server sees it) without internet fetchers, and returns it; a library over
   * that folder that is already there is returned as it is. Throws `CONFLICT` when another one has the name.
   */
  createLibrary(input: { name: string; path: string; signal: AbortSignal }): Promise<MediaLibrary>;
  /** Asks the server whether name and password are right, and keeps no session there; null when it refuses them. */
  signIn(input: { name: string; password: string; signal: AbortSignal }): Promise<SignedInUser | null>;
  /** Asks for a scan of one library and returns at once. */
  refreshLibrary(libraryId: string, signal: AbortSignal): Promise<void>;
}
