import { ShowrunnerError } from '../platform/errors.ts';
import { createTokenBucket, type TokenBucket } from '../platform/token-bucket.ts';
import { bestMatch, isPlausible, MIN_CONFIDENCE, searchTerms } from './match-title.ts';
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
import { parseTvmazeSearch, parseTvmazeShow, type TvmazeShow } from './parse-tvmaze.ts';

const LABEL = 'TVmaze';
const BASE_URL = 'https://api.tvmaze.com';
/** TVmaze takes 20 requests in 10 seconds from an address (www.tvmaze.com/api#rate-limiting): 2 + 10 * 1.8. */
const RATE = { capacity: 2, perSecond: 1.8 };

/** How TVmaze is asked. */
export interface TvmazeOptions {
  readonly baseUrl?: string;
  readonly bucket?: TokenBucket;
  readonly http: MetadataHttpOptions;
}

/** TVmaze, which needs no key: two requests for a title with an id (a look-up is a redirect), one without. */
export function createTvmazeSource(options: TvmazeOptions): MetadataSource {
  const client = createMetadataClient({
    provider: { label: LABEL, key: null },
    baseUrl: options.baseUrl ?? BASE_URL,
    bucket: options.bucket ?? createTokenBucket({ ...RATE, now: () => performance.now() }),
    http: options.http,
  });

  async function byIds(title: TitleIdentity, limits: RunLimits): Promise<FoundSeries | null> {
    const { tvdb, imdb } = askableIds(title);
    for (const [id, parameter, matchedBy] of [
      [tvdb, 'thetvdb', 'TVDB_ID'],
      [imdb, 'imdb', 'IMDB_ID'],
    ] as const) {
      if (!id) continue;
      const answer = await client.get('/lookup/shows', { [parameter]: id }, limits);
      if (answer === undefined || answer === null) continue;
      const show = parseTvmazeShow(answer) ?? notAsDocumented('a show');
      if (isPlausible(title, show)) return foundBy(matchedBy, show);
    }
    return null;
  }

  return {
    name: 'TVMAZE',
    label: LABEL,
    lookUp: async (title, limits): Promise<Lookup> => {
      const known = await byIds(title, limits);
      if (known) return { found: known };
      const answer = (await client.get('/search/shows', { q: searchTerms(title).name }, limits)) ?? [];
      const shows = parseTvmazeSearch(answer) ?? notAsDocumented('a list');
      const best = bestMatch(title, shows);
      if (!best || best.confidence < MIN_CONFIDENCE)
        return { found: null, refused: best?.confidence ?? null };
      const verdict = compareIds(title, best.candidate.ids);
      if (verdict === 'ANOTHER') return { found: null, refused: 0 };
      return { found: foundBy('TITLE_AND_YEAR', best.candidate, verdict === 'SAME' ? 1 : best.confidence) };
    },
  };
}

function foundBy(matchedBy: MatchedBy, { id, facts }: TvmazeShow, confidence = 1): FoundSeries {
  return { sourceId: id, matchedBy, confidence, facts };
}

function notAsDocumented(what: string): never {
  throw new ShowrunnerError('PROVIDER_BAD_ANSWER', `${LABEL} answered something else than ${what}.`, {
    remedy: 'Check that no proxy or sign-in page answers in its place.',
  });
}
