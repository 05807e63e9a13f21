import type { MediaLibrary } from '../media-server/media-server.ts';
import { isWithin } from '../media-server/server-path.ts';

/**
 * Whether Showrunner wrote a library: all its folders lie in `ownRoot`, the folder of its libraries as the media server
 * sees it. This also holds when whoever made the library was killed before saying so.
 */
export function isOwnLibrary({ locations }: MediaLibrary, ownRoot: string | undefined): boolean {
  return ownRoot !== undefined && locations.length > 0 && locations.every((one) => isWithin(one, ownRoot));
}
