import type { Dialect } from '../media-server/media-server.ts';
import { ShowrunnerError } from '../platform/errors.ts';

/** What differs between the servers that the demo can pretend to be. */
export interface ServerProfile {
  readonly dialect: Dialect;
  readonly version: string;
  /** Accepts `X-Emby-Token`, `api_key` and their kin (all but Jellyfin 12). */
  readonly acceptsLegacyAuth: boolean;
  /** Keys play states by provider id, season and episode, so that copies share them (all but Jellyfin >= 10.11). */
  readonly sharesPlayStates: boolean;
  /** Plays STRM files with a URL only (Jellyfin >= 10.11.7). */
  readonly refusesLocalStrm: boolean;
  /** Has `/UserPlayedItems`, `/UserItems` and `/Items/{id}` (Jellyfin >= 10.9). */
  readonly hasUserItemRoutes: boolean;
}

/** Versions used when none is named: the newest of each that the demo knows. */
const DEFAULT_VERSION: Readonly<Record<Dialect, string>> = { jellyfin: '12.0.0', emby: '4.8.11' };

/**
 * Describes a server of `dialect` and `version` (`major.minor[.patch]`).
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION` when the version is not of that form
 */
export function serverProfile(dialect: Dialect, version = DEFAULT_VERSION[dialect]): ServerProfile {
  if (!/^\d+\.\d+(\.\d+)*$/.test(version)) {
    throw new ShowrunnerError('BAD_CONFIGURATION', `"${version}" is not a server version.`, {
      field: 'server-version',
      value: version,
      remedy: `Give numbers with dots, such as ${DEFAULT_VERSION[dialect]}.`,
    });
  }
  const from = (...wanted: number[]) => dialect === 'jellyfin' && isAtLeast(version, wanted);
  return {
    dialect,
    version,
    acceptsLegacyAuth: !from(12),
    sharesPlayStates: !from(10, 11),
    refusesLocalStrm: from(10, 11, 7),
    hasUserItemRoutes: from(10, 9),
  };
}

function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, part] of wanted.entries()) {
    const own = parts[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
