import { chooseOutputMode } from '../src/library-writer/choose-output-mode.ts';
import type { LibraryReader } from '../src/library-writer/library-context.ts';
import { ShowrunnerError } from '../src/platform/errors.ts';
import type { ApiContext } from './context.ts';

/** Longest time that a request may keep the media server busy, ms. */
const TIME_LIMIT_MS = 60_000;

/**
 * Runs work of a request that asks the media server, within a time limit.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION` without a media server, `MEDIA_SERVER_UNREACHABLE` when it takes too long
 */
export async function withMediaServer<Result>(
  { db, services }: ApiContext,
  work: (context: LibraryReader) => Promise<Result>,
): Promise<Result> {
  const mediaServer = services.mediaServer();
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  try {
    const mode = await chooseOutputMode(mediaServer, services.libraries.mode, signal);
    return await work({ db, signal, mediaServer, libraries: { ...services.libraries, mode } });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ShowrunnerError(
      'MEDIA_SERVER_UNREACHABLE',
      `The media server did not answer within ${TIME_LIMIT_MS / 1000} seconds.`,
      { remedy: 'Try again when no scan or sync is running.', retryable: true, cause: error },
    );
  }
}
