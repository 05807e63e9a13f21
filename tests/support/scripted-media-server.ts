import type {
  EpisodeItem,
  ListInput,
  MediaLibrary,
  MediaServer,
  MediaUser,
  Page,
  ParentalRating,
  PlayStateItem,
  SeasonItem,
  SeriesItem,
  SeriesOpinion,
} from '../../src/media-server/media-server.ts';
import { ShowrunnerError } from '../../src/platform/errors.ts';
import { watchAnswers } from './scripted-watch.ts';

type Kind = 'series' | 'seasons' | 'episodes' | 'playStates';

/** What the server holds, by the media server's library id; play states by `user/library`. Change it between syncs. */
export interface Script {
  libraries: MediaLibrary[];
  users: MediaUser[];
  parentalRatings: ParentalRating[];
  /** By `user/library`. */
  opinions: Record<string, SeriesOpinion[]>;
  series: Record<string, SeriesItem[]>;
  seasons: Record<string, SeasonItem[]>;
  episodes: Record<string, EpisodeItem[]>;
  playStates: Record<string, PlayStateItem[]>;
  pageSize: number;
  /** Called before each page (counted from 0); what it throws is what the list throws. */
  beforePage: (kind: Kind, list: ListInput, page: number) => void;
}

/** A media server in memory that answers from `script`, page by page. */
export function scriptedMediaServer(part: Partial<Script> = {}): {
  mediaServer: MediaServer;
  script: Script;
} {
  const script: Script = {
    libraries: [library('lib-1', 'Shows')],
    users: [user('admin', { isAdmin: true })],
    parentalRatings: [],
    opinions: {},
    series: {},
    seasons: {},
    episodes: {},
    playStates: {},
    pageSize: 500,
    beforePage: () => {},
    ...part,
  };
  async function* pages<Item>(
    kind: Kind,
    list: ListInput,
    items: readonly Item[] = [],
  ): AsyncGenerator<Page<Item>> {
    for (let page = 0; page === 0 || page * script.pageSize < items.length; page += 1) {
      list.signal.throwIfAborted();
      script.beforePage(kind, list, page);
      yield { items: items.slice(page * script.pageSize, (page + 1) * script.pageSize), skipped: 0 };
    }
  }
  const unsupported = async () => {
    throw new ShowrunnerError('MEDIA_SERVER_REFUSED', 'The scripted media server is read-only.');
  };
  return {
    script,
    mediaServer: {
      connect: async () => ({ dialect: 'jellyfin', id: 'scripted', name: 'Scripted', version: '10.11.0' }),
      libraries: async () => script.libraries,
      users: async () => script.users,
      parentalRatings: async () => script.parentalRatings,
      opinions: async function* (list) {
        list.signal.throwIfAborted();
        yield { items: script.opinions[`${list.userId}/${list.libraryId}`] ?? [], skipped: 0 };
      },
      series: (list) => pages('series', list, script.series[list.libraryId]),
      seasons: (list) => pages('seasons', list, below(script.seasons[list.libraryId], list)),
      episodes: (list) => pages('episodes', list, below(script.episodes[list.libraryId], list)),
      countItems: async ({ kind, ...list }) =>
        kind === 'series'
          ? (script.series[list.libraryId]?.length ?? 0)
          : below(script.episodes[list.libraryId], list).length,
      playStates: (list) => pages('playStates', list, script.playStates[`${list.userId}/${list.libraryId}`]),
      markPlayed: unsupported,
      createLibrary: unsupported,
      signIn: async () => null,
      refreshLibrary: unsupported,
      serverLibraries: async () =>
        script.libraries.map((one) => ({
          ...one,
          folderId: one.id,
          aliases: [one.id],
          options: null,
          isScanning: false,
        })),
      setLibraryOptions: unsupported,
      removeLibrary: unsupported,
      policies: async () => new Map(),
      policy: unsupported,
      setPolicy: unsupported,
      image: unsupported,
      ...watchAnswers(script),
    },
  };
}

function below<Item extends { readonly seriesId: string | null }>(
  items: Item[] = [],
  list: ListInput,
): Item[] {
  return list.seriesId === undefined ? items : items.filter((item) => item.seriesId === list.seriesId);
}

/** A TV library over `/media/<id>`. */
export function library(id: string, name: string, part: Partial<MediaLibrary> = {}): MediaLibrary {
  return { id, name, collectionType: 'tvshows', locations: [`/media/${id}`], ...part };
}

/** An ordinary user with access to everything. */
export function user(id: string, part: Partial<MediaUser> = {}): MediaUser {
  return {
    id,
    name: id,
    isAdmin: false,
    isDisabled: false,
    enableAllFolders: true,
    enabledFolders: [],
    maxParentalRating: null,
    blockUnrated: false,
    blockedTags: [],
    allowedTags: [],
    ...part,
  };
}

/** A series with nothing but a name. */
export function series(id: string, name: string, part: Partial<SeriesItem> = {}): SeriesItem {
  return {
    id,
    name,
    originalName: null,
    sortName: null,
    year: null,
    premiereDate: null,
    endDate: null,
    status: null,
    overview: null,
    genres: [],
    tags: [],
    studios: [],
    communityRating: null,
    officialRating: null,
    runtimeMinutes: null,
    providerIds: {},
    path: null,
    addedAt: null,
    images: {},
    version: null,
    ...part,
  };
}

/** A season with nothing but its number. */
export function season(
  id: string,
  seriesId: string,
  number: number,
  part: Partial<SeasonItem> = {},
): SeasonItem {
  return { id, seriesId, number, name: null, overview: null, premiereDate: null, ...part };
}

/** An episode with nothing but its numbers. */
export function episode(
  id: string,
  seriesId: string,
  seasonNumber: number,
  number: number,
  part: Partial<EpisodeItem> = {},
): EpisodeItem {
  return {
    id,
    seriesId,
    seasonNumber,
    number,
    numberEnd: null,
    name: `Episode ${number}`,
    overview: null,
    airDate: null,
    runtimeMs: 1_800_000,
    path: null,
    addedAt: null,
    ...part,
  };
}

/** An item played once to its end. */
export function played(itemId: string, at: string | null, part: Partial<PlayStateItem> = {}): PlayStateItem {
  return {
    itemId,
    played: true,
    positionMs: 0,
    runtimeMs: 1_800_000,
    playCount: 1,
    isFavorite: false,
    lastPlayedAt: at === null ? null : new Date(at),
    ...part,
  };
}

/** Makes the list of `kind` break off before page `page` as an unreachable server does. */
export function failsAt(kind: Kind, page: number, libraryId?: string): Script['beforePage'] {
  return (listKind, list, listPage) => {
    if (listKind !== kind || listPage !== page || (libraryId && list.libraryId !== libraryId)) return;
    throw new ShowrunnerError('MEDIA_SERVER_UNREACHABLE', 'The connection broke off.', { retryable: true });
  };
}
