import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { MetadataSettings } from '../../src/enrichment/metadata-source.ts';
import { createTmdbSource } from '../../src/enrichment/tmdb.ts';
import { createTvmazeSource } from '../../src/enrichment/tvmaze.ts';
import { createTokenBucket } from '../../src/platform/token-bucket.ts';

/** Keys that the server takes: an API key of version 3 and a read access token of version 4. */
export const TMDB_KEY = '0123456789abcdef0123456789abcdef';
export const TMDB_TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJl';

/** A series as both catalogs have it; what is left out has a plain value. */
export interface PublicSeries {
  readonly id: number;
  readonly name: string;
  readonly originalName?: string;
  readonly year?: number;
  readonly tvdbId?: number;
  readonly imdbId?: string;
  readonly keywords?: readonly string[];
  readonly networks?: readonly string[];
  readonly status?: string;
  readonly votes?: number;
}

/** A request as the server received it. */
interface MetadataRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** An answer in place of the regular one: text as it is, anything else as JSON; `hangs` means none at all. */
export interface MetadataAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly hangs?: boolean;
}

/** A running stand-in of TMDb (below `/3`) and TVmaze (at the root). */
export interface MetadataServer {
  readonly url: string;
  readonly requests: readonly MetadataRequest[];
  /** Replaces the answers that `answer` gives; undefined leaves the regular one. */
  instead(answer: (request: MetadataRequest, count: number) => MetadataAnswer | undefined): void;
  close(): Promise<void>;
}

/**
 * Starts a server on a free port that answers in the shapes that TMDb (developer.themoviedb.org/reference) and TVmaze
 * (www.tvmaze.com/api) document.
 *
 * @param knowsEveryName whether a search always finds a series of just that name and year
 */
export async function startMetadataServer(
  catalog: readonly PublicSeries[],
  { knowsEveryName = false } = {},
): Promise<MetadataServer> {
  const series = [...catalog];
  const requests: MetadataRequest[] = [];
  let replace: Parameters<MetadataServer['instead']>[0] = () => undefined;
  const searched = (name: string, year: string | null) => {
    const hits = series.filter((one) => one.name.toLowerCase().includes(name.toLowerCase()));
    if (hits.length > 0 || !knowsEveryName) return hits;
    const made = { id: 10_000 + series.length, name, ...(year && { year: Number(year) }) };
    series.push(made);
    return [made];
  };
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://localhost');
    const seen = { path: asked.pathname, query: asked.searchParams, headers: request.headers };
    requests.push(seen);
    const answer = replace(seen, requests.length) ?? regularAnswer(seen, series, searched);
    if (answer.hangs) return;
    const { status = 200, headers = {}, body = null } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The catalog has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    instead: (answer) => {
      replace = answer;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** How a server is asked in tests: patient, and without pauses of its own. */
export const TEST_HTTP = {
  timeoutMs: 20_000,
  tries: 2,
  backoffMs: 1,
  longestPauseMs: 1_000,
  random: () => 0.5,
  now: () => new Date(),
};

/** A bucket that holds nobody back. */
export function wideBucket() {
  return createTokenBucket({ capacity: 1_000, perSecond: 1_000, now: () => performance.now() });
}

/** Both catalogs of a server, asked without bounds. */
export function metadataOf(server: Pick<MetadataServer, 'url'>): MetadataSettings {
  const bounds = { bucket: wideBucket(), http: TEST_HTTP };
  return {
    sources: [
      createTmdbSource({ apiKey: TMDB_KEY, baseUrl: `${server.url}/3`, ...bounds }),
      createTvmazeSource({ baseUrl: server.url, ...bounds }),
    ],
    maxAgeDays: 30,
    requestsPerRun: 10_000,
  };
}

type Search = (name: string, year: string | null) => PublicSeries[];

function regularAnswer(
  request: MetadataRequest,
  series: readonly PublicSeries[],
  search: Search,
): MetadataAnswer {
  return request.path.startsWith('/3/') ? tmdb(request, series, search) : tvmaze(request, series, search);
}

function tmdb(
  { path, query, headers }: MetadataRequest,
  series: readonly PublicSeries[],
  search: Search,
): MetadataAnswer {
  if (query.get('api_key') !== TMDB_KEY && headers.authorization !== `Bearer ${TMDB_TOKEN}`)
    return tmdbError(401, 7, 'Invalid API key: You must be granted a valid key.');
  const [, , kind, id] = path.split('/');
  if (kind === 'tv') {
    const found = series.find((one) => String(one.id) === id);
    return found
      ? { body: tmdbSeries(found) }
      : tmdbError(404, 34, 'The resource you requested could not be found.');
  }
  if (kind === 'find') {
    const source = query.get('external_source');
    const hits = series.filter((one) =>
      source === 'tvdb_id' ? String(one.tvdbId) === id : source === 'imdb_id' && one.imdbId === id,
    );
    const nothing = { movie_results: [], person_results: [], tv_episode_results: [], tv_season_results: [] };
    return { body: { ...nothing, tv_results: hits.map(tmdbHit) } };
  }
  const year = query.get('first_air_date_year');
  const hits = search(query.get('query') ?? '', year).filter(
    (one) => year === null || String(one.year) === year,
  );
  return {
    body: { page: 1, results: hits.map(tmdbHit), total_pages: 1, total_results: hits.length },
  };
}

/** An error as TMDb words it (developer.themoviedb.org/docs/errors). */
export function tmdbError(
  status: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): MetadataAnswer {
  return { status, headers, body: { success: false, status_code: code, status_message: message } };
}

function tmdbHit(one: PublicSeries) {
  return {
    id: one.id,
    name: one.name,
    original_name: one.originalName ?? one.name,
    first_air_date: one.year ? `${one.year}-01-20` : '',
    genre_ids: [18],
    origin_country: ['US'],
    overview: 'A lighthouse keeper finds a map.',
    popularity: 12.5,
    vote_average: 8.4,
    vote_count: one.votes ?? 100,
  };
}

/** A series with its keywords and external ids appended, as TMDb writes it. */
export function tmdbSeries(one: PublicSeries) {
  return {
    ...tmdbHit(one),
    adult: false,
    created_by: [],
    genres: [{ id: 18, name: 'Drama' }],
    in_production: false,
    networks: (one.networks ?? ['AMC']).map((name, index) => ({ id: index, name, origin_country: 'US' })),
    number_of_seasons: 5,
    status: one.status ?? 'Ended',
    type: 'Scripted',
    keywords: { results: (one.keywords ?? ['desert']).map((name, index) => ({ id: index, name })) },
    external_ids: { imdb_id: one.imdbId ?? null, tvdb_id: one.tvdbId ?? null, tvrage_id: null },
  };
}

function tvmaze(
  { path, query }: MetadataRequest,
  series: readonly PublicSeries[],
  search: Search,
): MetadataAnswer {
  if (path === '/lookup/shows') {
    const [tvdb, imdb] = [query.get('thetvdb'), query.get('imdb')];
    const found = series.find((one) => (tvdb ? String(one.tvdbId) === tvdb : one.imdbId === imdb));
    return found ? { status: 301, headers: { location: `/shows/${found.id}` }, body: '' } : tvmazeNotFound();
  }
  if (path === '/search/shows')
    return { body: search(query.get('q') ?? '', null).map((one) => ({ score: 0.9, show: tvmazeShow(one) })) };
  const found = series.find((one) => path === `/shows/${one.id}`);
  return found ? { body: tvmazeShow(found) } : tvmazeNotFound();
}

function tvmazeNotFound(): MetadataAnswer {
  return { status: 404, body: { name: 'Not Found', message: '', code: 0, status: 404 } };
}

/** A show as TVmaze writes it. */
export function tvmazeShow(one: PublicSeries) {
  const network = (one.networks ?? ['AMC'])[0];
  return {
    id: one.id,
    url: `https://www.tvmaze.com/shows/${one.id}/show`,
    name: one.name,
    type: 'Scripted',
    language: 'English',
    genres: ['Drama', 'Crime'],
    status: one.status ?? 'Ended',
    runtime: 60,
    premiered: one.year ? `${one.year}-01-20` : null,
    ended: null,
    rating: { average: 9.2 },
    weight: 97,
    network: network ? { id: 20, name: network, country: { name: 'United States', code: 'US' } } : null,
    webChannel: null,
    externals: { tvrage: null, thetvdb: one.tvdbId ?? null, imdb: one.imdbId ?? null },
    summary: '<p>A teacher turns to crime.</p>',
    updated: 1_704_793_572,
  };
}
