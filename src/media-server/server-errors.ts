import { type ErrorDetails, ShowrunnerError } from '../platform/errors.ts';
import { HttpError } from '../platform/http-error.ts';
import { looksLikeMarkup } from '../platform/http-retry.ts';
import { readEntries, readName } from './foreign-values.ts';

/** What was asked: the address without its query, and the key so that it can be kept out of messages. */
export interface Asked {
  readonly url: URL;
  readonly apiKey: string;
}

const WRONG_PLACE = 'Check the address of the media server: host, port and base path.';

/** Says in the media server's terms why a request to it failed. */
export function toServerError(error: HttpError, asked: Asked): ShowrunnerError {
  const where = addressOf(asked.url);
  const cause = { cause: error };
  switch (error.failure) {
    case 'NOT_CONNECTED':
      return unreachable(`The media server cannot be reached at ${where}: ${reasonOf(error)}.`, cause);
    case 'UNTRUSTED':
      return new ShowrunnerError(
        'MEDIA_SERVER_UNREACHABLE',
        `The TLS certificate of ${where} was not accepted (${error.code}).`,
        { remedy: 'Install a certificate that this machine trusts, or use the http address.', ...cause },
      );
    case 'CONNECTION_LOST':
      return unreachable(`The connection to ${where} broke off: ${reasonOf(error)}.`, cause);
    case 'TIMEOUT':
      return unreachable(`The media server at ${where} did not answer in time: ${error.message}.`, {
        remedy: 'Check its load and log; a library scan can make it slow.',
        ...cause,
      });
    case 'CUT_BODY':
      return badAnswer(`The answer of ${where} broke off half-way.`, {
        remedy: 'Check the log of the media server and any proxy before it.',
        retryable: true,
        ...cause,
      });
    case 'TOO_LARGE':
      return badAnswer(`The answer of ${where} is too long: ${error.message}.`, {
        remedy: WRONG_PLACE,
        ...cause,
      });
    case 'INVALID_BODY':
      return invalidBody(error, where);
    case 'STATUS':
      return fromStatus(error, where, saidBy(error.text, asked.apiKey));
  }
}

/** An answer that is none: `problem` says what is wrong with it, as a whole sentence. */
export function badAnswer(problem: string, details: ErrorDetails = {}): ShowrunnerError {
  return new ShowrunnerError('MEDIA_SERVER_BAD_ANSWER', problem, details);
}

/** Whether the server said that there is nothing at a path. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ShowrunnerError && error.cause instanceof HttpError && error.cause.status === 404;
}

/** Something answers at that address, but not a server we can speak with. */
export function notAMediaServer(url: URL, cause?: unknown): ShowrunnerError {
  return badAnswer(`What answers at ${addressOf(url)} is not a Jellyfin or Emby server.`, {
    field: 'MEDIA_SERVER_URL',
    remedy: WRONG_PLACE,
    cause,
  });
}

/** An address fit for messages: no credentials, no query. */
export function addressOf(url: URL): string {
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}

function unreachable(message: string, details: ErrorDetails): ShowrunnerError {
  const remedy = 'Check that it runs, and that its address and port are right as seen from here.';
  return new ShowrunnerError('MEDIA_SERVER_UNREACHABLE', message, { remedy, retryable: true, ...details });
}

function invalidBody(error: HttpError, where: string): ShowrunnerError {
  if (looksLikeMarkup(error.text)) {
    return badAnswer(`${where} answered with a web page instead of data.`, {
      remedy: WRONG_PLACE,
      cause: error,
    });
  }
  return badAnswer(`The answer of ${where} is not JSON, or only a part of it.`, {
    remedy: 'Check the log of the media server and any proxy before it.',
    retryable: true,
    cause: error,
  });
}

function fromStatus(error: HttpError, where: string, said: string): ShowrunnerError {
  const status = error.status ?? 0;
  const later = {
    cause: error,
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  };
  if (status === 401) {
    return refused(`${where} answered 401: key refused, or a legacy auth header${said}.`, error, {
      remedy: 'Create a new API key in the dashboard of the media server and set it here.',
    });
  }
  if (status === 403) {
    return refused(`${where} answered 403: the key has not the right to do this${said}.`, error, {
      remedy: 'Use an API key made in the dashboard, or the token of an administrator.',
    });
  }
  if (status === 503 && error.retryAfterMs !== undefined) {
    return new ShowrunnerError(
      'MEDIA_SERVER_STARTING',
      `The media server at ${where} is still starting${said}.`,
      {
        remedy: 'Wait until it is up.',
        retryable: true,
        ...later,
      },
    );
  }
  if ([408, 429, 502, 503, 504].includes(status)) {
    return unreachable(`${where} answered ${status}: it is overloaded or down${said}.`, {
      remedy: 'Check the media server and any proxy before it.',
      ...later,
    });
  }
  if (status >= 300 && status < 400) {
    return badAnswer(`${where} redirects to ${redirectTarget(error, where)}.`, {
      remedy: 'Set the address it redirects to as the address of the media server.',
      cause: error,
    });
  }
  if (status === 404) return badAnswer(`There is no ${where}${said}.`, { remedy: WRONG_PLACE, cause: error });
  return badAnswer(`${where} answered ${status}${said}.`, {
    remedy: 'Look for the cause in the log of the media server.',
    retryable: status >= 500,
    cause: error,
  });
}

function refused(message: string, cause: HttpError, details: ErrorDetails): ShowrunnerError {
  return new ShowrunnerError('MEDIA_SERVER_REFUSED', message, {
    field: 'MEDIA_SERVER_API_KEY',
    cause,
    ...details,
  });
}

function redirectTarget(error: HttpError, where: string): string {
  const target = error.location ?? '';
  return URL.canParse(target, where) ? addressOf(new URL(target, where)) : 'another address';
}

function reasonOf(error: HttpError): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'nothing listens there (ECONNREFUSED)';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name of the host is unknown (${error.code})`;
    default:
      return error.message;
  }
}

/** The server's own words, one line at most: Emby answers errors as plain text, Jellyfin as text or problem JSON. */
function saidBy(text: string, apiKey: string): string {
  if (looksLikeMarkup(text)) return '';
  const line = readName(problemOf(text) ?? text)
    ?.slice(0, 200)
    .replaceAll(apiKey, '[hidden]');
  return line ? ` ("${line.replace(/[.\s]+$/, '')}")` : '';
}

function problemOf(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'string') return body;
    const entries = readEntries(body);
    return (
      readName(entries.get('detail')) ?? readName(entries.get('title')) ?? readName(entries.get('message'))
    );
  } catch {
    return null;
  }
}
