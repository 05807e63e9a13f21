import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../../schema/principal.ts';
import { findSeriesImage } from '../catalog/series-images.repo.ts';
import type { ImageSource, ImageStream } from '../media-server/library-control.ts';
import type { Database } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { keyFromHeader } from './access/bearer-key.ts';
import { allowOrigin, answerPreflight } from './cross-origin.ts';
import { type CachedImage, createImageCache } from './image-cache.ts';
import { BAD_WIDTH, imageRefusal, NO_PICTURE, TOO_MANY_PICTURES } from './image-refusals.ts';
import { type ImageRequest, parseImageRequest } from './image-request.ts';
import { methodNotAllowed, refuse, UNAUTHENTICATED } from './refusal.ts';

/** What pictures may take in memory, in bytes; a poster of the default width has about 60 kB. */
const CACHE_BYTES = 64 * 1024 * 1024;
/** Pictures that are fetched or waited for at a time; more are turned away, the media server takes one by one. */
const MOST_WAITING = 100;

/** Longest wait for a picture, in ms: other requests to the media server come first when they were first. */
const WAIT_MS = 30_000;

/** What pictures are served from. */
export interface ImageRouteOptions {
  readonly db: Database;
  /** @throws ShowrunnerError `BAD_CONFIGURATION` when no media server is configured */
  readonly source: () => ImageSource;
  readonly authenticate: (key: string) => Promise<Principal | null>;
  readonly corsOrigins: readonly string[];
  /** Aborted when the process stops. */
  readonly signal: AbortSignal;
  /** Longest wait for a picture, in ms (default 30,000). */
  readonly waitMs?: number;
}

/** Answers requests for pictures. */
export type ImageRoute = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Serves posters and backdrops of series at `/images/series/<id>/poster` and `/backdrop`, `?width=` pixels at most, to
 * callers with an API key. The media server is asked for pictures of known series only, by the ids it gave itself; an
 * answer is passed on while it arrives and kept in memory. An unchanged picture costs one look-up in the database.
 */
export function createImageRoute(options: ImageRouteOptions): ImageRoute {
  const cache = createImageCache(CACHE_BYTES);
  const arriving = new Map<string, Promise<CachedImage>>();

  const fetchInto = (response: ServerResponse, asked: ImageRequest, image: Image, isHead: boolean) => {
    const limit = AbortSignal.timeout(options.waitMs ?? WAIT_MS);
    const signal = AbortSignal.any([options.signal, limit]);
    const arrival = options
      .source()
      .image(
        { itemId: image.itemId, kind: asked.kind, tag: image.tag, maxWidth: asked.width, signal },
        (answer) => pass(answer, response, headersOf(asked, image, answer.contentType), isHead),
      )
      .catch((error: unknown) => {
        throw limit.aborted ? tooBusy(error) : error;
      })
      .then((whole) => {
        cache.set(image.key, whole);
        return whole;
      });
    arriving.set(image.key, arrival);
    return arrival.finally(() => arriving.delete(image.key));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse, asked: ImageRequest) => {
    const stored = await findSeriesImage(options.db, asked.titleId, asked.kind);
    if (!stored) return refuse(response, NO_PICTURE);
    const image = { ...stored, ...versionOf(asked, stored) };
    if (request.headers['if-none-match']?.split(/, */).includes(image.etag)) {
      response.writeHead(304, { etag: image.etag, 'cache-control': cacheControl(asked) }).end();
      return;
    }
    const isHead = request.method === 'HEAD';
    const arrival = arriving.get(image.key);
    const known = cache.get(image.key) ?? (arrival && (await arrival));
    if (known) {
      response.writeHead(200, {
        ...headersOf(asked, image, known.contentType),
        'content-length': known.bytes.length,
      });
      response.end(isHead ? undefined : known.bytes);
      return;
    }
    if (arriving.size >= MOST_WAITING) return refuse(response, TOO_MANY_PICTURES);
    await fetchInto(response, asked, image, isHead);
    response.end();
  };

  return async (request, response) => {
    allowOrigin(request, response, options.corsOrigins);
    if (request.method === 'OPTIONS') return answerPreflight(response);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, methodNotAllowed('GET', 'HEAD'));
    const key = keyFromHeader(request.headers.authorization);
    if (key === undefined || !(await options.authenticate(key))) return refuse(response, UNAUTHENTICATED);
    const asked = parseImageRequest(request.url ?? '');
    if (asked === 'unknown') return refuse(response, NO_PICTURE);
    if (asked === 'bad width') return refuse(response, BAD_WIDTH);
    try {
      await answer(request, response, asked);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else if (error instanceof ShowrunnerError) refuse(response, imageRefusal(error));
      else throw error;
    }
  };
}

/** Passes a picture on while it arrives, and returns it whole. */
async function pass(
  { contentType, chunks }: ImageStream,
  response: ServerResponse,
  headers: Record<string, string>,
  isHead: boolean,
): Promise<CachedImage> {
  response.writeHead(200, headers);
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) {
    parts.push(chunk);
    // What the client is slow to take waits in memory: it is limited, and the media server is not held up.
    if (!isHead) response.write(chunk);
  }
  return { contentType, bytes: Buffer.concat(parts) };
}

function tooBusy(cause: unknown): ShowrunnerError {
  return new ShowrunnerError(
    'MEDIA_SERVER_UNREACHABLE',
    'The media server is busy: the picture did not come in time.',
    {
      retryable: true,
      cause,
    },
  );
}

interface Image {
  readonly itemId: string;
  readonly tag: string;
  readonly key: string;
  readonly etag: string;
}

/** The tag changes with the picture, so that its version is known without asking for it. */
function versionOf(asked: ImageRequest, stored: { itemId: string; tag: string }) {
  const key = JSON.stringify([stored.itemId, asked.kind, stored.tag, asked.width]);
  return { key, etag: `"${createHash('sha256').update(key).digest('base64url').slice(0, 22)}"` };
}

function headersOf(asked: ImageRequest, image: Image, contentType: string): Record<string, string> {
  return {
    'content-type': contentType,
    etag: image.etag,
    'cache-control': cacheControl(asked),
    'content-disposition': 'inline',
    // A picture may be SVG, which can hold scripts: opened on its own it may do nothing.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
  };
}

/** Only the caller's own browser keeps it: who may see it is a matter of the key. */
function cacheControl({ isVersioned }: ImageRequest): string {
  return isVersioned ? 'private, max-age=2592000, immutable' : 'private, no-cache';
}
