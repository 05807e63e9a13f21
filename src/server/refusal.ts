import type { ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../platform/errors.ts';

/** Why a request is turned away before GraphQL sees it. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** What a program can read of it beside the code. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer to whoever brings no valid key. */
export const UNAUTHENTICATED: Refusal = {
  status: 401,
  code: 'UNAUTHENTICATED',
  message: 'A valid API key is needed, as "Authorization: Bearer <key>".',
  headers: { 'www-authenticate': 'Bearer' },
};

/** The answer where there is nothing. */
export const NOT_FOUND: Refusal = { status: 404, code: 'NOT_FOUND', message: 'There is nothing here.' };

/** The answer to a request whose header does not say where it was sent. */
export const BAD_HOST: Refusal = {
  status: 400,
  code: 'BAD_INPUT',
  message: 'The header "Host" is no name of a host.',
  headers: { connection: 'close' },
};

/** The answer to an operation by an id that is not known. */
export const UNKNOWN_OPERATION: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is no operation with this documentId. Send its text as "query".',
};

/** The answer to whoever asks for something new while the server stops. */
export const STOPPING: Refusal = {
  status: 503,
  code: 'SERVER_STOPPING',
  message: 'The server is stopping. Try again in a moment.',
  headers: { 'retry-after': '5', connection: 'close' },
};

/** The refusal of a method, naming those that are allowed. */
export function methodNotAllowed(...allowed: readonly string[]): Refusal {
  return {
    status: 405,
    code: 'BAD_INPUT',
    message: `Use ${allowed.join(' or ')} here.`,
    headers: { allow: allowed.join(', ') },
  };
}

/** A refusal in the form in which GraphQL gives errors, so that a client reads one form only. */
export function refusalBody({ code, message, extensions }: Refusal): string {
  return JSON.stringify({ errors: [{ message, extensions: { code, ...extensions } }] });
}

/** Answers with a refusal. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  const body = refusalBody(refusal);
  response.writeHead(refusal.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...refusal.headers,
  });
  response.end(body);
}

/** A refusal of one GraphQL operation. */
export function refusalError(refusal: Pick<Refusal, 'code' | 'message' | 'extensions'>): GraphQLError {
  const { code, message, extensions } = refusal;
  return new GraphQLError(message, { extensions: { code, ...extensions } });
}
