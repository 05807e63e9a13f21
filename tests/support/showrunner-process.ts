import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** The admin key of every server that tests start. */
export const ADMIN_KEY = 'test-admin-key-of-24-characters';

/** A Showrunner in a process of its own. */
export interface ShowrunnerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  request(query: string, variables?: Record<string, unknown>): Promise<{ data?: unknown; errors?: unknown }>;
  /** Items of a subscription; ends with it, or with an error when the process dies. */
  subscribe(query: string, variables?: Record<string, unknown>): AsyncIterable<{ data?: unknown }>;
  /** SIGKILL, and waits until it is dead. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Environment of a child: this one's without any variable of the project. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(SHOWRUNNER_|MEDIA_SERVER_|DATABASE_URL|MONGODB_URI|OPENAI_|EMBEDDING_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** Starts `showrunner serve` on a free port with these settings and waits until it listens. */
export async function startProcess(settings: Record<string, string>): Promise<ShowrunnerProcess> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), MAIN, 'serve'], {
    env: {
      ...cleanEnvironment(),
      SHOWRUNNER_PORT: '0',
      SHOWRUNNER_ADMIN_KEY: ADMIN_KEY,
      SHOWRUNNER_LOG_LEVEL: 'error',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const exited = once(child, 'exit');
  const url = await listeningUrl(child);
  if (!url) throw new Error(`Showrunner did not start: ${complaints}`);
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${ADMIN_KEY}` },
    retryAttempts: 0,
  });
  return {
    url,
    child,
    request: requester(url),
    subscribe: (query, variables = {}) => client.iterate({ query, variables }),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    stop: async () => {
      await client.dispose();
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
  };
}

/** Sends requests with the admin key to the server at `url`. */
export function requester(url: string): ShowrunnerProcess['request'] {
  return async (query, variables = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_KEY}` },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
}

async function listeningUrl(child: ChildProcess): Promise<string | undefined> {
  if (!child.stdout) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /listens on (http\S+)/.exec(line);
    if (match?.[1]) return match[1];
  }
  return undefined;
}
