import type { ServerInfo } from '../media-server/media-server.ts';

/** `symlink`: a link to the original; `strm`: a text file that holds the original's path. */
export type OutputMode = 'symlink' | 'strm';

/** The first Jellyfin that plays a STRM file only when it holds a URL (security advisory GHSA-j2hf-x4q5-47j3). */
const FIRST_WITHOUT_LOCAL_STRM = [10, 11, 7];

type Server = Pick<ServerInfo, 'dialect' | 'version'>;

/**
 * The output mode that plays on `server` and goes on playing after its next update: STRM for Emby, links for every
 * Jellyfin, because an older one loses STRM files with local paths when it is updated.
 */
export function defaultOutputMode(server: Server): OutputMode {
  return server.dialect === 'emby' ? 'strm' : 'symlink';
}

/** Whether `server` plays a STRM file that holds a local path; an unreadable version counts as a new one. */
export function playsLocalStrm(server: Server): boolean {
  if (server.dialect === 'emby') return true;
  const version = server.version.split('.').map(Number);
  for (const [index, limit] of FIRST_WITHOUT_LOCAL_STRM.entries()) {
    const part = version[index] ?? 0;
    if (Number.isNaN(part) || part > limit) return false;
    if (part < limit) return true;
  }
  return false;
}
