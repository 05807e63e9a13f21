import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { TypedDocumentString } from './generated/graphql.ts';

const ENDPOINT = process.env.SHOWRUNNER_URL ?? 'http://127.0.0.1:4400/graphql';
const KEY = process.env.SHOWRUNNER_KEY ?? '';
const RETRY_MS = 1_000;
const MOST_RETRIES = 120;
/** Close code of a server that does not take the key. */
const REFUSED = 4403;

interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** The data of a query or mutation; throws with the server's message when there is none. */
export async function request<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const answer: Answer<Result> = JSON.parse(await response.text());
  return dataOf(answer);
}

/**
 * The items of a subscription. When the connection is lost, it is made again and the subscription sent again with what
 * `variables` hold then: keep the cursor of the last item in them, and nothing is lost and nothing comes twice.
 */
export async function* subscribe<Result, Variables extends Record<string, unknown>>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): AsyncGenerator<Result> {
  const client = createClient({
    url: ENDPOINT.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${KEY}` },
    retryAttempts: MOST_RETRIES,
    shouldRetry: (problem) => closeCodeOf(problem) !== REFUSED,
    retryWait: async () => {
      console.error('There is no connection to the server, trying again.');
      await wait(RETRY_MS);
    },
  });
  try {
    for await (const item of client.iterate<Result>({ query: document.toString(), variables }))
      yield dataOf(item);
  } finally {
    await client.dispose();
  }
}

/** The error for a payload in which the server refused what it was asked. */
export function refusal({ message, remedy }: { message: string; remedy: string | null }): Error {
  return new Error([message, remedy].filter(Boolean).join(' '));
}

/** Runs a script: an error is told in one line and ends it with status 1. */
export async function run(main: (argument: string | undefined) => Promise<void>): Promise<void> {
  // Whoever reads our output has seen enough, such as `head`.
  process.stdout.on('error', () => process.exit());
  if (KEY === '') {
    console.error('Set SHOWRUNNER_KEY to an API key, and SHOWRUNNER_URL when the server is elsewhere.');
    process.exitCode = 2;
    return;
  }
  try {
    await main(process.argv[2]);
  } catch (error) {
    console.error(reasonOf(error));
    process.exitCode = 1;
  }
}

function dataOf<Result>({ data, errors }: Answer<Result>): Result {
  if (errors?.[0]) throw new Error(errors[0].message);
  if (data === null || data === undefined) throw new Error('The server answered without data.');
  return data;
}

/** Errors of a subscription come as a list, those of a closed connection with its code. */
function reasonOf(error: unknown): string {
  if (Array.isArray(error)) return error.map(reasonOf).join('\n');
  if (typeof error !== 'object' || error === null) return String(error);
  if ('message' in error && error.message) return String(error.message);
  const code = closeCodeOf(error);
  if (code === REFUSED) return 'The server refused the key.';
  return code === null ? String(error) : `The connection was closed with code ${code}.`;
}

function closeCodeOf(problem: unknown): number | null {
  if (typeof problem !== 'object' || problem === null || !('code' in problem)) return null;
  return typeof problem.code === 'number' ? problem.code : null;
}
