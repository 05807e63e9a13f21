import type { ListInput, MediaLibrary, MediaServer } from '../media-server/media-server.ts';
import { badAnswer } from '../media-server/server-errors.ts';
import type { VerbContext } from '../platform/context.ts';
import type { Library } from './libraries.repo.ts';
import type { Seen } from './seen.ts';

type ServerContext = VerbContext & { readonly mediaServer: MediaServer };

const REMEDY =
  'Look at the libraries in the dashboard of the media server; if they are as wanted, run again with allowLargeRemoval.';

/**
 * The libraries of the server, asked for once more when one is missing that is read: a server that starts, or loses its
 * disk, may answer with fewer, and those that are missing count as gone. What either answer lists is there.
 *
 * @param known libraries that are read
 * @throws ShowrunnerError `MEDIA_SERVER_BAD_ANSWER` when the server lists none at all twice and `mayBeNone` is not set
 */
export async function listedForSure(
  { mediaServer, signal }: ServerContext,
  known: readonly Library[],
  mayBeNone: boolean,
): Promise<readonly MediaLibrary[]> {
  const first = await mediaServer.libraries(signal);
  const isListed = new Set(first.map((library) => library.id));
  if (known.every((library) => isListed.has(library.providerId))) return first;
  const second = await mediaServer.libraries(signal);
  const listed = [...new Map([...first, ...second].map((library) => [library.id, library])).values()];
  if (listed.length > 0 || mayBeNone) return listed;
  throw badAnswer('The media server lists no library at all, twice, although it had some before.', {
    remedy: REMEDY,
    retryable: true,
  });
}

/**
 * Looks again where nothing is listed any more, in a library or below a series, before that is believed: below 20 titles
 * nothing else guards them. The server is asked to count, which is another question than its lists answer.
 *
 * @param files files that the library held
 * @throws ShowrunnerError `MEDIA_SERVER_BAD_ANSWER` when the server counts what it does not list
 */
export async function believeEmpty(
  { mediaServer, progress }: ServerContext,
  name: string,
  list: ListInput,
  seen: Seen,
  files: number,
): Promise<void> {
  for (const { kind, seriesId } of emptied(seen, files)) {
    const count = await mediaServer.countItems({ ...list, kind, ...(seriesId && { seriesId }) });
    if (count > 0)
      throw badAnswer(`The media server lists no ${kind} in "${name}", but counts ${count}.`, {
        remedy: 'Wait until no scan is running, check that the disk is mounted, and run again.',
        retryable: true,
      });
    if (!seriesId)
      progress.log('warn', `${name}: the media server lists no ${kind} any more, and counts none.`);
  }
}

interface Emptied {
  readonly kind: 'series' | 'episodes';
  readonly seriesId?: string;
}

function emptied(seen: Seen, files: number): readonly Emptied[] {
  if (seen.before > 0 && seen.series.size === 0) return [{ kind: 'series' }];
  if (!seen.isWhole) return seen.bare.map((seriesId) => ({ kind: 'episodes', seriesId }));
  return files > 0 && seen.episodes.size === 0 ? [{ kind: 'episodes' }] : [];
}
