import { ShowrunnerError } from '../platform/errors.ts';
import { createTokenBucket, type TokenBucket } from '../platform/token-bucket.ts';
import { bestMatch, isPlausible, type MatchCandidate, MIN_CONFIDENCE, searchTerms } from './match-title.ts';
import { createMetadataClient, type MetadataHttpOptions } from './metadata-client.ts';
import type {
  FoundSeries,
  Lookup,
  MatchedBy,
  MetadataSource,
  RunLimits,
  TitleIdentity,
} from './metadata-source.ts';
import { askableIds, compareIds } from './other-ids.ts';
import { parseTmdbList, parseTmdbSeries, type TmdbSeries } from './parse-tmdb.ts';

const LABEL = 'TMDb';
const BASE_URL = 'https://api.themoviedb.org/3';
/** TMDb takes about 40 requests a second (developer.themoviedb.org/docs/rate-limiting); this leaves room for others. */
const RATE = { capacity: 10, perSecond: 25 };
/** An API key of version 3; anything else is a read access token of version 4. */
const V3_KEY = /^[0-9a-f]{32}$/i;

/** How TMDb is asked. */
export interface TmdbOptions {
  /** An API key (v3) or an API read access token (v4). */
  readonly apiKey: string;
  readonly baseUrl?: string;
  readonly bucket?: TokenBucket;
  readonly http: MetadataHttpOptions;
}

/** The Movie Database: one request for a title with its TMDb id, two with another id, two or three without. */
export function createTmdbSource(options: TmdbOptions): MetadataSource {
  const { apiKey } = options;
  const client = createMetadataClient({
    provider: { label: LABEL, key: { setting: 'TMDB_API_KEY', value: apiKey } },
    baseUrl: options.baseUrl ?? BASE_URL,
    ...(V3_KEY.test(apiKey)
      ? { query: { api_key: apiKey } }
      : { headers: { authorization: `Bearer ${apiKey}` } }),
    bucket: options.bucket ?? createTokenBucket({ ...RATE, now: () => performance.now() }),
    http: options.http,
  });

  async function series(id: string, limits: RunLimits): Promise<TmdbSeries | null> {
    const answer = await client.get(`/tv/${id}`, { append_to_response: 'keywords,external_ids' }, limits);
    return answer === undefined ? null : (parseTmdbSeries(answer) ?? notAsDocumented('a series'));
  }

  async function list(
    path: string,
    query: Record<string, string>,
    key: 'results' | 'tv_results',
    limits: RunLimits,
  ): Promise<MatchCandidate[]> {
    const answer = await client.get(path, query, limits);
    return answer === undefined ? [] : (parseTmdbList(answer, key) ?? notAsDocumented('a list'));
  }

  async function byIds(title: TitleIdentity, limits: RunLimits): Promise<FoundSeries | null> {
    const { tmdb, tvdb, imdb } = askableIds(title);
    const own = tmdb && (await series(tmdb, limits));
    if (own && isPlausible(title, own.candidate)) return foundBy('TMDB_ID', own);
    for (const [id, externalSource, matchedBy] of [
      [tvdb, 'tvdb_id', 'TVDB_ID'],
      [imdb, 'imdb_id', 'IMDB_ID'],
    ] as const) {
      if (!id) continue;
      const hits = await list(`/find/${id}`, { external_source: externalSource }, 'tv_results', limits);
      const [hit] = hits.filter((candidate) => isPlausible(title, candidate));
      const found = hit && (await series(hit.id, limits));
      if (found) return foundBy(matchedBy, found);
    }
    return null;
  }

  /** With the year first: a common name alone has more hits than the one page that is read. */
  async function search(title: TitleIdentity, limits: RunLimits) {
    const { name, year } = searchTerms(title);
    const narrowed = year === null ? [] : [{ query: name, first_air_date_year: String(year) }];
    let best: ReturnType<typeof bestMatch<MatchCandidate>> = null;
    for (const query of [...narrowed, { query: name }]) {
      const hits = await list('/search/tv', query, 'results', limits);
      const match = bestMatch(title, hits);
      if (match && (!best || match.confidence > best.confidence)) best = match;
      if (best && best.confidence >= MIN_CONFIDENCE) break;
    }
    return best;
  }

  return {
    name: 'TMDB',
    label: LABEL,
    lookUp: async (title, limits): Promise<Lookup> => {
      const known = await byIds(title, limits);
      if (known) return { found: known };
      const best = await search(title, limits);
      if (!best || best.confidence < MIN_CONFIDENCE)
        return { found: null, refused: best?.confidence ?? null };
      const found = await series(best.candidate.id, limits);
      const verdict = found ? compareIds(title, found.ids) : 'ANOTHER';
      if (!found || verdict === 'ANOTHER') return { found: null, refused: 0 };
      return { found: foundBy('TITLE_AND_YEAR', found, verdict === 'SAME' ? 1 : best.confidence) };
    },
  };
}

function foundBy(matchedBy: MatchedBy, { candidate, facts }: TmdbSeries, confidence = 1): FoundSeries {
  return { sourceId: candidate.id, matchedBy, confidence, facts };
}

function notAsDocumented(what: string): never {
  throw new ShowrunnerError('PROVIDER_BAD_ANSWER', `${LABEL} answered something else than ${what}.`, {
    remedy: 'Check that no proxy or sign-in page answers in its place.',
  });
}
