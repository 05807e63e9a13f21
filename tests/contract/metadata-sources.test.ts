import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MetadataSource, TitleIdentity } from '../../src/enrichment/metadata-source.ts';
import { createTmdbSource } from '../../src/enrichment/tmdb.ts';
import { createTvmazeSource } from '../../src/enrichment/tvmaze.ts';
import type { TokenBucket } from '../../src/platform/token-bucket.ts';
import {
  type MetadataAnswer,
  type MetadataServer,
  type PublicSeries,
  startMetadataServer,
  TEST_HTTP,
  TMDB_KEY,
  TMDB_TOKEN,
  tmdbError,
  wideBucket,
} from '../support/metadata-server.ts';

const BREAKING_BAD: PublicSeries = {
  id: 1396,
  name: 'Breaking Bad',
  year: 2008,
  tvdbId: 81_189,
  imdbId: 'tt0903747',
  keywords: ['drug dealer', 'high school teacher', 'drug dealer'],
  networks: ['AMC'],
  votes: 16_000,
};
const CATALOG: readonly PublicSeries[] = [
  BREAKING_BAD,
  { id: 501, name: 'Battlestar Galactica', year: 1978, tvdbId: 71_173 },
  { id: 1972, name: 'Battlestar Galactica', year: 2004, tvdbId: 73_545 },
  { id: 70, name: 'Breaking Bad: The Spin-Off', year: 2008 },
  { id: 80, name: 'Planned', year: 2027, status: 'Planned', votes: 0 },
];
const SIGNAL = new AbortController().signal;

let server: MetadataServer;
let requests: number;

beforeEach(async () => {
  server = await startMetadataServer(CATALOG);
  requests = 0;
});
afterEach(() => server.close());

const title = (known: Partial<TitleIdentity>): TitleIdentity => ({
  id: 1,
  name: 'Breaking Bad',
  originalName: null,
  year: null,
  tvdbId: null,
  tmdbId: null,
  imdbId: null,
  ...known,
});
const limits = (signal = SIGNAL) => ({
  signal,
  onRequest: () => {
    requests += 1;
  },
});
const http = { ...TEST_HTTP, tries: 3, longestPauseMs: 2_000 };
interface Bounds {
  readonly bucket?: TokenBucket;
  readonly timeoutMs?: number;
}
const bounded = ({ timeoutMs = http.timeoutMs, ...rest }: Bounds) => ({
  bucket: wideBucket(),
  ...rest,
  http: { ...http, timeoutMs },
});
const tmdb = (apiKey = TMDB_KEY, bounds: Bounds = {}) =>
  createTmdbSource({ apiKey, baseUrl: `${server.url}/3`, ...bounded(bounds) });
const tvmaze = (bounds: Bounds = {}) => createTvmazeSource({ baseUrl: server.url, ...bounded(bounds) });
const paths = () => server.requests.map(({ path }) => path);
const sources: readonly [string, (bounds?: Bounds) => MetadataSource][] = [
  ['TMDb', (bounds) => tmdb(TMDB_KEY, bounds)],
  ['TVmaze', tvmaze],
];

describe('TMDb', () => {
  it('gives a title with its own id in one request', async () => {
    expect(await tmdb().lookUp(title({ tmdbId: '1396', name: 'Ein deutscher Name' }), limits())).toEqual({
      found: {
        sourceId: '1396',
        matchedBy: 'TMDB_ID',
        confidence: 1,
        facts: {
          keywords: ['drug dealer', 'high school teacher'],
          genres: ['Drama'],
          networks: ['AMC'],
          status: 'ENDED',
          voteAverage: 8.4,
          voteCount: 16_000,
          popularity: 12.5,
        },
      },
    });
    expect(paths()).toEqual(['/3/tv/1396']);
    expect(server.requests[0]?.query.get('append_to_response')).toBe('keywords,external_ids');
  });

  it.each([
    ['TVDB_ID', { tvdbId: '81189' }, '/3/find/81189', 'tvdb_id'],
    ['IMDB_ID', { imdbId: 'tt0903747' }, '/3/find/tt0903747', 'imdb_id'],
  ] as const)('finds a title by %s', async (matchedBy, ids, path, source) => {
    expect(await tmdb().lookUp(title(ids), limits())).toMatchObject({
      found: { sourceId: '1396', matchedBy, confidence: 1 },
    });
    expect(paths()).toEqual([path, '/3/tv/1396']);
    expect(server.requests[0]?.query.get('external_source')).toBe(source);
  });

  it('takes the key of version 3 as a parameter and the token of version 4 as a header', async () => {
    await tmdb().lookUp(title({ tmdbId: '1396' }), limits());
    await tmdb(TMDB_TOKEN).lookUp(title({ tmdbId: '1396' }), limits());
    const [old, recent] = server.requests;
    expect(old?.query.get('api_key')).toBe(TMDB_KEY);
    expect(old?.headers.authorization).toBeUndefined();
    expect(recent?.query.has('api_key')).toBe(false);
    expect(recent?.headers.authorization).toBe(`Bearer ${TMDB_TOKEN}`);
  });

  it('goes on with the next id, then the name, when an id leads nowhere or to another series', async () => {
    const wrong = title({ tmdbId: '99999', tvdbId: '71173', imdbId: 'tt0903747', year: 2008 });
    expect(await tmdb().lookUp(wrong, limits())).toMatchObject({ found: { matchedBy: 'IMDB_ID' } });
    const useless = title({ tmdbId: '../account', tvdbId: '0', imdbId: 'nm1', year: 2008 });
    expect(await tmdb().lookUp(useless, limits())).toMatchObject({ found: { matchedBy: 'TITLE_AND_YEAR' } });
    expect(paths().filter((path) => path.includes('account'))).toEqual([]);
  });

  it('tells a series that is planned and that nobody voted for', async () => {
    expect(await tmdb().lookUp(title({ tmdbId: '80', name: 'Planned' }), limits())).toMatchObject({
      found: { facts: { status: 'UNRELEASED', voteAverage: null, voteCount: 0 } },
    });
  });

  it('ends at once with what to do when the key is refused, and never repeats the key', async () => {
    const key = 'ffffffffffffffffffffffffffffffff';
    server.instead(() => tmdbError(401, 7, `Invalid API key ${key}.`));
    const refused = tmdb(key).lookUp(title({ tmdbId: '1396' }), limits());
    await expect(refused).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
      field: 'TMDB_API_KEY',
      retryable: false,
      message: 'TMDb refused the key (401): Invalid API key ***.',
      remedy: expect.stringMatching(/^Set TMDB_API_KEY to a valid key/),
    });
    expect(requests).toBe(1);
  });
});

describe('TVmaze', () => {
  it.each([
    ['TVDB_ID', { tvdbId: '81189' }],
    ['IMDB_ID', { imdbId: 'tt0903747' }],
  ] as const)('finds a title by %s, following the redirect to the show', async (matchedBy, ids) => {
    expect(await tvmaze().lookUp(title(ids), limits())).toEqual({
      found: {
        sourceId: '1396',
        matchedBy,
        confidence: 1,
        facts: {
          keywords: [],
          genres: ['Drama', 'Crime'],
          networks: ['AMC'],
          status: 'ENDED',
          voteAverage: 9.2,
          voteCount: null,
          popularity: 97,
        },
      },
    });
    expect(paths()).toEqual(['/lookup/shows', '/shows/1396']);
    expect(requests).toBe(2);
  });

  it('is not followed to another host, nor in circles', async () => {
    const other = await startMetadataServer(CATALOG);
    server.instead(() => ({ status: 301, headers: { location: `${other.url}/shows/1396` } }));
    await expect(tvmaze().lookUp(title({ tvdbId: '81189' }), limits())).rejects.toMatchObject({
      code: 'PROVIDER_BAD_ANSWER',
    });
    expect(other.requests).toEqual([]);
    await other.close();
    server.instead(() => ({ status: 302, headers: { location: '/lookup/shows' } }));
    await expect(tvmaze().lookUp(title({ tvdbId: '81189' }), limits())).rejects.toMatchObject({
      code: 'PROVIDER_BAD_ANSWER',
    });
    expect(requests).toBeLessThan(6);
  });

  it('says nothing of whether a show goes on when it does not know', async () => {
    server.instead(() => ({ body: { id: 5, name: 'Breaking Bad', status: 'To Be Determined' } }));
    expect(await tvmaze().lookUp(title({ tvdbId: '81189' }), limits())).toMatchObject({
      found: { facts: { status: null, networks: [], genres: [], voteAverage: null, popularity: null } },
    });
  });
});

describe.each(sources)('%s', (label, source) => {
  it('finds a title without ids by name and year, with a confidence', async () => {
    expect(await source().lookUp(title({ year: 2009 }), limits())).toMatchObject({
      found: { sourceId: '1396', matchedBy: 'TITLE_AND_YEAR', confidence: 0.9 },
    });
  });

  it('tells two series of one name apart by their years, and takes neither without a year', async () => {
    const named = { name: 'Battlestar Galactica' };
    expect(await source().lookUp(title({ ...named, year: 2004 }), limits())).toMatchObject({
      found: { sourceId: '1972' },
    });
    expect(await source().lookUp(title({ ...named, year: 1978 }), limits())).toMatchObject({
      found: { sourceId: '501' },
    });
    expect(await source().lookUp(title(named), limits())).toMatchObject({ found: null });
  });

  it('takes no hit of another name, another year, or with another id', async () => {
    const refused = async (known: Partial<TitleIdentity>) => {
      const lookup = await source().lookUp(title(known), limits());
      expect(lookup.found).toBeNull();
      return 'refused' in lookup ? lookup.refused : undefined;
    };
    expect(await refused({ name: 'Breaking', year: 2008 })).toBeLessThan(0.8);
    expect(await refused({ year: 1999 })).toBeCloseTo(0.3);
    expect(await refused({ year: 2008, imdbId: 'tt9999999' })).toBe(0);
    expect(await refused({ name: 'Nobody knows this' })).toBeNull();
  });

  it('waits as long as it is asked to when there are too many requests, and holds all others back as well', async () => {
    server.instead((_request, count) =>
      count === 1 ? { status: 429, headers: { 'retry-after': '1' }, body: '' } : undefined,
    );
    const pauses: number[] = [];
    const recording: TokenBucket = { ...wideBucket(), pause: (ms) => pauses.push(ms) };
    expect(await source({ bucket: recording }).lookUp(title({ tvdbId: '81189' }), limits())).toMatchObject({
      found: { sourceId: '1396' },
    });
    expect(pauses).toEqual([1_000]);
  });

  it('holds all requests back for a moment when there are too many and no pause is asked for', async () => {
    server.instead((_request, count) => (count === 1 ? { status: 429, body: '' } : undefined));
    const pauses: number[] = [];
    const recording: TokenBucket = { ...wideBucket(), pause: (ms) => pauses.push(ms) };
    await source({ bucket: recording }).lookUp(title({ tvdbId: '81189' }), limits());
    expect(pauses).toEqual([expect.any(Number)]);
    expect(pauses[0]).toBeGreaterThan(0);
  });

  it('is left alone when it asks for a longer pause than a run waits', async () => {
    server.instead(() => ({ status: 429, headers: { 'retry-after': '3600' }, body: '' }));
    await expect(source().lookUp(title({ tvdbId: '81189' }), limits())).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
      retryAfterMs: 3_600_000,
      retryable: true,
    });
    expect(requests).toBe(1);
  });

  it('is asked again after a failure of the server, a broken body or no answer', async () => {
    const broken: readonly MetadataAnswer[] = [{ status: 502, body: 'bad gateway' }, { body: '{"id":' }];
    server.instead((_request, count) => broken[count - 1]);
    expect(await source().lookUp(title({ tvdbId: '81189' }), limits())).toMatchObject({
      found: { sourceId: '1396' },
    });
    const impatient = source({ timeoutMs: 1_000 });
    const before = requests;
    server.instead((_request, count) => (count <= before + 1 ? { hangs: true } : undefined));
    expect(await impatient.lookUp(title({ tvdbId: '81189' }), limits())).toMatchObject({
      found: { sourceId: '1396' },
    });
  });

  it.each<[string, MetadataAnswer, string, number]>([
    ['fails again and again', { status: 503, body: '' }, 'PROVIDER_UNREACHABLE', 3],
    ['never answers', { hangs: true }, 'PROVIDER_UNREACHABLE', 3],
    ['sends half a JSON', { body: '{"tv_results":' }, 'PROVIDER_BAD_ANSWER', 3],
    ['is a sign-in page', { body: '<html>Sign in</html>' }, 'PROVIDER_BAD_ANSWER', 1],
    ['answers with JSON of another kind', { body: 42 }, 'PROVIDER_BAD_ANSWER', 1],
    ['does not take the request', { status: 422, body: { status_message: 'No.' } }, 'PROVIDER_BAD_ANSWER', 1],
  ])('that %s is told as such', async (_what, answer, code, tries) => {
    server.instead(() => answer);
    const impatient = source(answer.hangs ? { timeoutMs: 100 } : {});
    await expect(impatient.lookUp(title({ tvdbId: '81189' }), limits())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(`^${label} `),
    });
    expect(requests).toBe(tries);
  });

  it('that is not there is told as such', async () => {
    const gone = source();
    await server.close();
    await expect(gone.lookUp(title({ tvdbId: '81189' }), limits())).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
      retryable: true,
    });
    server = await startMetadataServer(CATALOG);
  });

  it('is left in the middle of a request or of a pause when the run is cancelled', async () => {
    for (const answer of [{ hangs: true }, { status: 429, headers: { 'retry-after': '2' }, body: '' }]) {
      server.instead(() => answer);
      const controller = new AbortController();
      const before = server.requests.length;
      const lookup = source().lookUp(title({ tvdbId: '81189' }), limits(controller.signal));
      lookup.catch(() => {});
      await expect.poll(() => server.requests.length).toBe(before + 1);
      controller.abort(new Error('cancelled'));
      await expect(lookup).rejects.toThrow('cancelled');
    }
  });
});
