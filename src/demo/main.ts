import { parseArgs } from 'node:util';
import { toErrorRecord } from '../platform/errors.ts';
import { createLogger } from '../platform/log.ts';
import { startDemoServer } from './server.ts';

const USAGE = `Usage: demo server [options]
  --port N               port on 127.0.0.1 (default: a free one)
  --dialect NAME         jellyfin or emby (default: jellyfin)
  --server-version X.Y.Z version to behave as (default: 12.0.0, Emby 4.8.11)
  --catalog DIR          folder with catalog.jsonl.gz and dev/events.csv.gz (default: the shipped catalog)
  --state FILE           keep play states, policies and libraries in this file
  --media DIR            make an empty file for every episode in this folder
  --latency MS           wait before every answer
  --api-key KEY          key that clients must send (default: a random one)
  --exit-with-parent     stop when standard input or the IPC channel closes
`;

/** Prints one JSON line `{"url","apiKey"}` when it listens, and stops on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      dialect: { type: 'string' },
      'server-version': { type: 'string' },
      catalog: { type: 'string' },
      state: { type: 'string' },
      media: { type: 'string' },
      latency: { type: 'string' },
      'api-key': { type: 'string' },
      'exit-with-parent': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const server = await startDemoServer({
    dialect: dialectOf(values.dialect),
    port: numberOf('port', values.port),
    faults: { latencyMs: numberOf('latency', values.latency) },
    log: createLogger('warn'),
    ...(values['server-version'] !== undefined && { serverVersion: values['server-version'] }),
    ...(values.catalog !== undefined && { catalog: values.catalog }),
    ...(values.state !== undefined && { stateFile: values.state }),
    ...(values.media !== undefined && { mediaFolder: values.media }),
    ...(values['api-key'] !== undefined && { apiKey: values['api-key'] }),
  });
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (values['exit-with-parent']) {
    process.once('disconnect', stop);
    process.stdin.once('end', stop).once('error', stop).resume();
  }
  process.stdout.write(`${JSON.stringify({ url: server.url, apiKey: server.apiKey })}\n`);
}

function dialectOf(text = 'jellyfin'): 'jellyfin' | 'emby' {
  if (text === 'jellyfin' || text === 'emby') return text;
  throw new TypeError(`--dialect must be jellyfin or emby, not "${text}".`);
}

function numberOf(name: string, text = '0'): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new TypeError(`--${name} must be a whole number, not "${text}".`);
}

main().catch((error: unknown) => {
  const { message, remedy } = toErrorRecord(error);
  process.stderr.write(`${[message, remedy].filter(Boolean).join(' ')}\n`);
  process.exit(2);
});
