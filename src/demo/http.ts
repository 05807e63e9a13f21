import type { IncomingMessage } from 'node:http';
import type { Dialect } from '../media-server/media-server.ts';

/** Bodies longer than this (bytes) are refused. */
const MAX_BODY = 16 * 1024 * 1024;

/** What a route answers. */
export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with a JSON body. */
export function json(value: unknown, status = 200): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** An answer without a body. */
export function noContent(): Answer {
  return { status: 204 };
}

/** A request that the server refuses; how it says so depends on the dialect. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** Name of the parameter that Jellyfin's model binding rejects. */
  readonly parameter: string | undefined;

  /** @param parameter set when Jellyfin answers with a validation problem naming it */
  constructor(status: number, message: string, parameter?: string) {
    super(message);
    this.status = status;
    this.parameter = parameter;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  415: 'Unsupported Media Type',
};

/** Emby answers every error in plain text; Jellyfin with a problem document, a fixed text, or nothing. */
export function refusalAnswer(dialect: Dialect, refusal: Refusal): Answer {
  const { status, message, parameter } = refusal;
  if (dialect === 'emby') return { status, type: 'text/plain', body: message };
  if (parameter !== undefined) {
    return problem({
      title: 'One or more validation errors occurred.',
      status: 400,
      errors: { [parameter]: [message] },
    });
  }
  if (status === 401 || status === 405) return { status };
  if (status >= 500 || status === 400)
    return { status, type: 'text/plain', body: 'Error processing request.' };
  return problem({ title: TITLES[status] ?? 'Error', status });
}

/** Only the beginning of the type differs between problems, and no client reads it. */
function problem(fields: { status: number; [name: string]: unknown }): Answer {
  return {
    status: fields.status,
    type: 'application/problem+json; charset=utf-8',
    body: JSON.stringify({ type: 'https://tools.ietf.org/html/rfc9110', ...fields, traceId: '00-demo-00' }),
  };
}

/**
 * Reads a request's body as JSON; an absent one is null.
 *
 * @param anyType take it for JSON whatever its content type says
 * @throws Refusal 415 for another content type, 413 when too long, 400 when it is not JSON
 */
export async function readJson(request: IncomingMessage, anyType = false): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    size += part.length;
    if (size > MAX_BODY) throw new Refusal(413, 'The request body is too large.');
    chunks.push(part);
  }
  if (size === 0) return null;
  const type = request.headers['content-type'] ?? '';
  if (!anyType && !/\bjson\b/i.test(type)) throw new Refusal(415, 'Unsupported Media Type');
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refusal(400, 'The JSON value could not be converted.', '$');
  }
}
