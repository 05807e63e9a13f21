import { METADATA_HTTP_DEFAULTS } from './metadata-client.ts';
import type { MetadataSource } from './metadata-source.ts';
import { createTmdbSource } from './tmdb.ts';
import { createTvmazeSource } from './tvmaze.ts';

/**
 * Makes the sources that are enabled, by preference. They are made once in a process: each keeps to its rate over all
 * runs. TMDb needs its key, and is left out without.
 *
 * @param options.random 0..1, for jitter
 */
export function createMetadataSources(options: {
  enabled: readonly ('tmdb' | 'tvmaze')[];
  tmdbApiKey: string | null;
  random: () => number;
  now: () => Date;
}): MetadataSource[] {
  const { enabled, tmdbApiKey: apiKey, random, now } = options;
  const http = { ...METADATA_HTTP_DEFAULTS, random, now };
  return [
    ...(enabled.includes('tmdb') && apiKey ? [createTmdbSource({ apiKey, http })] : []),
    ...(enabled.includes('tvmaze') ? [createTvmazeSource({ http })] : []),
  ];
}
