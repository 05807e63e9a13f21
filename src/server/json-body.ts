import type { IncomingMessage } from 'node:http';
import { overLimit } from './limit-exceeded.ts';
import { NO_PERSISTED_OPERATIONS, type PersistedOperations } from './persisted-operations.ts';
import { type Refusal, UNKNOWN_OPERATION } from './refusal.ts';

/** The body of a POST request, or why it is refused. */
export type JsonBody = { readonly body: Record<string, unknown> } | { readonly refusal: Refusal };

/** Reads a GraphQL request from a POST body of at most `limit` bytes, counted as they arrive. */
export async function readJsonBody(
  request: IncomingMessage,
  limit: number,
  operations: PersistedOperations = NO_PERSISTED_OPERATIONS,
): Promise<JsonBody> {
  if (!/^application\/(graphql\+)?json *(;|$)/i.test(request.headers['content-type'] ?? ''))
    return refused(415, 'Send the operation as JSON, with content-type application/json.');
  const announced = Number(request.headers['content-length']);
  const exceeded = overLimit({
    limit: 'bodyBytes',
    max: limit,
    ...(announced > limit && { value: announced }),
    message: `A request body has at most ${limit} bytes.`,
    remedy: 'Send less.',
    variable: 'SHOWRUNNER_LIMIT_BODY_BYTES',
  });
  const tooLarge: JsonBody = { refusal: { status: 413, headers: { connection: 'close' }, ...exceeded } };
  const text = await readBody(request, limit);
  return text === undefined ? tooLarge : parseBody(text, operations);
}

/** The body as text, undefined when it is longer than `limit` bytes, counted as they arrive or as announced. */
export async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  if (!(Number(request.headers['content-length']) > limit)) return readText(request, limit);
  request.resume();
  return undefined;
}

/** The body as text, undefined when it is too long; the rest of a long one is read and dropped. */
function readText(request: IncomingMessage, limit: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}

function parseBody(text: string, operations: PersistedOperations): JsonBody {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return refused(400, 'The request body is not JSON.');
  }
  if (Array.isArray(body)) return { refusal: { status: 400, ...tooMany(body.length) } };
  if (isRecord(body) && body.query === undefined && body.documentId !== undefined)
    return withText(body, operations);
  if (!isRecord(body) || typeof body.query !== 'string')
    return refused(400, 'The request body is a JSON object with the operation as its text "query".');
  return { body };
}

/** The same request with the text of its operation in place of the id, which the engine does not know. */
function withText(body: Record<string, unknown>, operations: PersistedOperations): JsonBody {
  const query = operations.textOf(body);
  const { documentId, ...rest } = body;
  return query === undefined ? { refusal: UNKNOWN_OPERATION } : { body: { ...rest, query } };
}

function tooMany(operations: number) {
  return overLimit({
    limit: 'batch',
    max: 1,
    value: operations,
    message: 'A request holds one operation: batches are not accepted.',
    remedy: 'Send one operation a request.',
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function refused(status: number, message: string): JsonBody {
  return { refusal: { status, code: 'BAD_INPUT', message } };
}
