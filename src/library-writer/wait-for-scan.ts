import { wait } from '../platform/wait.ts';
import type { LibraryContext } from './library-context.ts';
import { DEFAULT_SCAN_WAIT_MS } from './library-settings.ts';
import { libraryAt, type ServerView } from './server-library.ts';

/** Looks at a library that is being scanned before it is changed all the same. */
const LOOKS = 6;

/**
 * Waits until the media server no longer scans the library over `serverPath`: a scan that meets files which come and go
 * may take a series for gone. A scan that goes on for long is not waited for; the one asked for afterwards mends it.
 */
export async function waitForScan(
  { mediaServer, libraries, progress, signal }: LibraryContext,
  server: ServerView,
  serverPath: string,
): Promise<void> {
  let pauseMs = libraries.scanWaitMs ?? DEFAULT_SCAN_WAIT_MS;
  for (let look = 1; libraryAt(server, serverPath)?.isScanning; look += 1) {
    if (look > LOOKS) {
      progress.log('warn', 'The media server still scans the library; it is written nevertheless.', {
        folder: serverPath,
      });
      return;
    }
    await wait(pauseMs, signal);
    pauseMs *= 2;
    for (const library of await mediaServer.serverLibraries(signal))
      server.libraries.set(library.id, library);
  }
}
