import { ShowrunnerError } from '../platform/errors.ts';
import { get } from './dialect.ts';
import type { ImageKind, ImageSource } from './library-control.ts';
import type { ServerConnection } from './server-connection.ts';
import { badAnswer, isNotFound } from './server-errors.ts';

/** Longest picture, in bytes: a poster has 0.1 to 2 MB. */
const MAX_BYTES = 8 * 1024 * 1024;
/** A picture that takes longer is of no use to whoever looks at the page. */
const TIMEOUT_MS = 20_000;

/** What browsers show and the servers send; anything else, such as a page of HTML, is refused. */
const CONTENT_TYPES = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/avif',
  'image/bmp',
  'image/svg+xml',
]);

const PATHS: Readonly<Record<ImageKind, string>> = {
  poster: 'Images/Primary',
  backdrop: 'Images/Backdrop/0',
};

/** Pictures of a server's items; both servers have them under the same paths. */
export function createImageSource(connection: ServerConnection): ImageSource {
  return {
    image: async ({ itemId, kind, tag, maxWidth, signal }, use) => {
      const request = get(`/Items/${encodeURIComponent(itemId)}/${PATHS[kind]}`, {
        tag,
        maxWidth: String(maxWidth),
        quality: '90',
      });
      try {
        return await connection.open(
          request,
          { maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS },
          signal,
          (answer) => {
            const type = answer.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
            if (!CONTENT_TYPES.has(type))
              throw badAnswer('What the media server sent is no picture.', { value: type.slice(0, 100) });
            return use({ contentType: type, chunks: answer.chunks });
          },
        );
      } catch (error) {
        throw isNotFound(error) ? noPicture(error) : error;
      }
    },
  };
}

function noPicture(cause: unknown): ShowrunnerError {
  return new ShowrunnerError('NOT_FOUND', 'The media server has no such picture any more.', {
    remedy: 'Run sync-series: the picture was changed or removed since.',
    cause,
  });
}
