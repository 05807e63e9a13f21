import type { MediaServer, MediaUser, ParentalRating } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';

/**
 * Reads the age ratings of the media server, where any of its users has a limit. Null where none has, and where the
 * server does not tell them: then those known before hold.
 */
export async function readParentalRatings(
  { mediaServer, signal, progress }: VerbContext & { readonly mediaServer: MediaServer },
  users: readonly MediaUser[],
): Promise<readonly ParentalRating[] | null> {
  if (users.every((user) => user.maxParentalRating === null)) return null;
  try {
    return await mediaServer.parentalRatings(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ShowrunnerError)) throw error;
    progress.log('warn', 'The media server does not tell its age ratings; those known before hold.', {
      failure: error.message,
    });
    return null;
  }
}
