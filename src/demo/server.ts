import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dialect } from '../media-server/media-server.ts';
import { createLogger, type Logger } from '../platform/log.ts';
import { type DemoData, loadShippedCatalog } from './catalog.ts';
import { createFaults, type FaultsInput, faultsSchema } from './faults.ts';
import { handleRequest } from './handle-request.ts';
import { loadHistoryCatalog } from './history-catalog.ts';
import { createMediaFiles } from './media-files.ts';
import { createMediaState, sourceLibrary } from './media-state.ts';
import { serverProfile } from './profile.ts';
import { RequestLog } from './request-log.ts';
import { routerFor } from './routes.ts';
import { attachStateFile } from './state-file.ts';
import { loadViewersFile, viewersOf } from './viewers.ts';

/** How the demo server starts; everything has a default. */
export interface DemoServerOptions {
  readonly dialect?: Dialect;
  /** Such as `10.10.7`; Jellyfin 12.0.0 or Emby 4.8.11 when left out. */
  readonly serverVersion?: string;
  /** Port on loopback; a free one when left out or 0. */
  readonly port?: number;
  /** Made up when left out. */
  readonly apiKey?: string;
  /** A folder in the format of `loadHistoryCatalog`, or the data itself; the shipped catalog when left out. */
  readonly catalog?: string | DemoData;
  /** Keeps play states, policies and created libraries between starts. */
  readonly stateFile?: string;
  /** Folder in which to make an empty file for every episode, so that symlinks to them resolve. */
  readonly mediaFolder?: string;
  /** Faults from the start on; `POST /demo/faults` replaces them. */
  readonly faults?: FaultsInput;
  readonly now?: () => Date;
  readonly log?: Logger;
}

/** A running demo server. */
export interface DemoServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly apiKey: string;
  /** Ends all connections and writes the state file. */
  close(): Promise<void>;
}

/**
 * Starts a media server on loopback that answers as Jellyfin or Emby does, over a catalog in memory.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION` for a version, catalog or state file that does not fit
 */
export async function startDemoServer(options: DemoServerOptions = {}): Promise<DemoServer> {
  const profile = serverProfile(options.dialect ?? 'jellyfin', options.serverVersion);
  const log = options.log ?? createLogger('error');
  const state = createMediaState({
    profile,
    data: await loadData(options.catalog),
    apiKey: options.apiKey ?? randomUUID().replaceAll('-', ''),
    ...(options.mediaFolder !== undefined && { mediaFolder: options.mediaFolder }),
    now: options.now ?? (() => new Date()),
    log,
  });
  if (options.mediaFolder !== undefined) await createMediaFiles(sourceLibrary(state));
  const stateFile = options.stateFile === undefined ? null : await attachStateFile(state, options.stateFile);
  const context = {
    state,
    router: routerFor(profile),
    faults: createFaults(faultsSchema.parse(options.faults ?? {})),
    requests: new RequestLog(),
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    handleRequest(context, request, response).catch((error: unknown) => {
      log.error({ err: error }, 'The demo server failed to answer');
      response.destroy();
    });
  });
  // As long as the real servers: a client's idle connection must not be closed under its next request.
  server.keepAliveTimeout = 130_000;
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    apiKey: state.apiKey,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await stateFile?.close();
    },
  };
}

async function loadData(catalog: string | DemoData | undefined): Promise<DemoData> {
  if (typeof catalog === 'string') return loadHistoryCatalog(catalog);
  if (catalog) return catalog;
  const [series, viewers] = await Promise.all([loadShippedCatalog(), loadViewersFile()]);
  return { series, viewers: viewersOf(viewers, series) };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
