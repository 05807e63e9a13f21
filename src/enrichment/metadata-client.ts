import { requestJson } from '../platform/http-client.ts';
import { HttpError } from '../platform/http-error.ts';
import { mayRepeat, retryDelay } from '../platform/http-retry.ts';
import type { TokenBucket } from '../platform/token-bucket.ts';
import { wait } from '../platform/wait.ts';
import type { RunLimits } from './metadata-source.ts';
import { type ProviderName, providerFailure } from './provider-failure.ts';

/** How a public catalog is asked. */
export interface MetadataClientOptions {
  readonly provider: ProviderName;
  /** Address that paths are appended to, without a slash at its end. */
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent with every request. */
  readonly query?: Readonly<Record<string, string>>;
  readonly bucket: TokenBucket;
  readonly http: MetadataHttpOptions;
}

/** Times in ms, and what the client must not make up itself. */
export interface MetadataHttpOptions {
  readonly timeoutMs: number;
  readonly tries: number;
  /** First wait before another attempt; it doubles with each further one. */
  readonly backoffMs: number;
  /** A source that asks for a longer pause is left alone for this run. */
  readonly longestPauseMs: number;
  /** 0..1 */
  readonly random: () => number;
  readonly now: () => Date;
}

/** Requests to one public catalog. */
export interface MetadataClient {
  /** The JSON at a path; undefined where there is nothing (404). */
  get(path: string, query: Readonly<Record<string, string>>, limits: RunLimits): Promise<unknown>;
}

export const METADATA_HTTP_DEFAULTS = {
  timeoutMs: 15_000,
  tries: 3,
  backoffMs: 1_000,
  longestPauseMs: 60_000,
} as const;

/** The longest true answer, a series with all that is appended, has about 200 kB. */
const MAX_BYTES = 4 * 1024 * 1024;
const MOST_REDIRECTS = 3;

/**
 * Makes a client that stays within the rate of its bucket, repeats what may pass, and follows redirects on the same
 * host. Every attempt takes a token and is told to the run.
 */
export function createMetadataClient(options: MetadataClientOptions): MetadataClient {
  const { bucket, http } = options;

  async function attempt(url: URL, { signal, onRequest }: RunLimits): Promise<unknown> {
    await bucket.take(signal);
    onRequest();
    const headers = { 'user-agent': 'Showrunner', ...options.headers };
    const answer = await requestJson(
      { method: 'GET', url, headers, signal },
      { ...http, tries: 1, maxDelayMs: 0, maxBytes: MAX_BYTES },
    );
    return answer.body;
  }

  async function withRetries(url: URL, limits: RunLimits): Promise<unknown> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt(url, limits);
      } catch (error) {
        limits.signal.throwIfAborted();
        if (!(error instanceof HttpError)) throw error;
        const backoff = { backoffMs: http.backoffMs, maxDelayMs: http.longestPauseMs };
        const pauseMs = retryDelay(tried, error.retryAfterMs, http.random(), backoff);
        // Too many requests are everybody's, also where no pause is asked for.
        if (error.status === 429) bucket.pause(pauseMs);
        const isTooLong = (error.retryAfterMs ?? 0) > http.longestPauseMs;
        if (tried >= http.tries || isTooLong || !mayRepeat(error, { method: 'GET' })) throw error;
        await wait(pauseMs, limits.signal);
      }
    }
  }

  async function follow(url: URL, limits: RunLimits, hops: number): Promise<unknown> {
    try {
      return await withRetries(url, limits);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (error.failure === 'STATUS' && error.status === 404) return undefined;
      const target = redirectTarget(error, url);
      if (target && hops < MOST_REDIRECTS) return follow(target, limits, hops + 1);
      throw providerFailure(error, options.provider);
    }
  }

  return {
    get: (path, query, limits) => {
      const url = new URL(`${options.baseUrl}${path}`);
      for (const [name, value] of Object.entries({ ...options.query, ...query }))
        url.searchParams.set(name, value);
      return follow(url, limits, 0);
    },
  };
}

/** Where a redirect leads, when that is the same host: another one must not get what was asked, nor the key. */
function redirectTarget({ status = 0, location }: HttpError, from: URL): URL | null {
  if (status < 300 || status > 399 || !location || !URL.canParse(location, from)) return null;
  const target = new URL(location, from);
  return target.origin === from.origin ? target : null;
}
