import { HTTP_DEFAULTS, type HttpOptions } from '../platform/http-client.ts';
import type { Logger } from '../platform/log.ts';
import { createLibraryControl } from './control-libraries.ts';
import { countItems } from './count-items.ts';
import { createServerLibrary, listLibraries } from './create-library.ts';
import { createImageSource } from './images.ts';
import { readItemPages } from './item-pages.ts';
import {
  EPISODES_QUERY,
  type ItemQuery,
  OPINION_QUERIES,
  PLAY_STATE_QUERIES,
  SEASONS_QUERY,
  SERIES_QUERY,
} from './item-queries.ts';
import { listParentalRatings } from './list-parental-ratings.ts';
import { listServerUsers } from './list-users.ts';
import { markItemPlayed } from './mark-played.ts';
import type { Dialect, ListInput, MediaServer, Page } from './media-server.ts';
import { parseEpisode, parseSeason, parseSeries } from './parse-catalog.ts';
import { parseList } from './parse-server.ts';
import { parseOpinion, parsePlayState } from './parse-users.ts';
import { createWatchSource } from './read-watch-lists.ts';
import { createServerConnection } from './server-connection.ts';
import { addressOf, badAnswer } from './server-errors.ts';
import { parseApiKey, parseServerUrl } from './server-url.ts';
import { signIn } from './sign-in.ts';

/** Items asked for at once: the fastest of the sizes measured, and what the servers' own clients use. */
const PAGE_SIZE = 500;

/** Where the server is and how to speak with it. */
export interface MediaServerOptions {
  /** As the browser shows it, base path included. */
  readonly url: string;
  readonly apiKey: string;
  /** Left out: asked of the server at the first call. */
  readonly dialect?: Dialect;
  readonly log: Logger;
  readonly random: () => number;
  readonly now: () => Date;
  /** Items in a page (default 500, at least 2). */
  readonly pageSize?: number;
  /** Time-outs, attempts and waits that differ from `HTTP_DEFAULTS`. */
  readonly http?: Partial<Omit<HttpOptions, 'random' | 'now' | 'onRetry'>>;
}

/**
 * Speaks with a Jellyfin or Emby server. Nothing is sent before the first call.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION` when the URL or the key cannot be one
 */
export function createMediaServer(options: MediaServerOptions): MediaServer {
  const { log, pageSize = PAGE_SIZE } = options;
  const base = parseServerUrl(options.url);
  const connection = createServerConnection(base, parseApiKey(options.apiKey), options.dialect, {
    ...HTTP_DEFAULTS,
    ...options.http,
    random: options.random,
    now: options.now,
    onRetry: (error, attempt, delayMs) =>
      log.warn(
        { server: addressOf(base), failure: error.message, attempt, delayMs },
        'media server: trying again',
      ),
  });

  const list = <Item>(
    input: ListInput,
    itemQuery: ItemQuery,
    parse: (raw: unknown) => Item | null,
    seen?: Set<string>,
  ): AsyncGenerator<Page<Item>> =>
    readItemPages({
      fetchPage: async (start, limit, signal) => {
        const request = (await connection.rules(signal)).items(input.userId);
        const parent = input.seriesId ?? input.libraryId;
        const paging = { ParentId: parent, StartIndex: String(start), Limit: String(limit) };
        const query = { ...request.query, ...itemQuery, ...paging };
        const answer = await connection.read({ ...request, query }, signal);
        // An array alone is how some lists come, but never this one: an empty one would pass for an empty library.
        const page = Array.isArray(answer) ? null : parseList(answer);
        if (!page)
          throw badAnswer(`${addressOf(base)} did not answer with a list of items.`, { retryable: true });
        return page;
      },
      parse,
      pageSize,
      signal: input.signal,
      ...(seen && { seen }),
      onChanged: () =>
        log.warn(
          { libraryId: input.libraryId, types: itemQuery.IncludeItemTypes },
          'list changed while read: reading again',
        ),
    });

  return {
    connect: (signal) => connection.identify(signal),
    libraries: async (signal) => (await listLibraries(connection, signal)).map(({ library }) => library),
    users: (signal) => listServerUsers(connection, pageSize, signal),
    parentalRatings: (signal) => listParentalRatings(connection, signal),
    series: (input) => list(input, SERIES_QUERY, parseSeries),
    seasons: (input) => list(input, SEASONS_QUERY, parseSeason),
    episodes: (input) => list(input, EPISODES_QUERY, parseEpisode),
    countItems: (input) => countItems(connection, input),
    playStates: async function* (input) {
      const seen = new Set<string>();
      for (const query of PLAY_STATE_QUERIES) yield* list(input, query, parsePlayState, seen);
    },
    opinions: async function* (input) {
      const seen = new Set<string>();
      for (const query of OPINION_QUERIES) yield* list(input, query, parseOpinion, seen);
    },
    markPlayed: (input) => markItemPlayed(connection, input),
    createLibrary: (input) => createServerLibrary(connection, input),
    signIn: (input) => signIn(connection, input),
    refreshLibrary: async (libraryId, signal) => {
      const { refreshLibrary } = await connection.rules(signal);
      await connection.send(refreshLibrary(libraryId), signal);
    },
    ...createLibraryControl(connection, pageSize),
    ...createImageSource(connection),
    ...createWatchSource(connection, pageSize),
  };
}
