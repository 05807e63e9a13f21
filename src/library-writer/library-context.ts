import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import type { LibrarySettings } from './library-settings.ts';

/** What writing libraries needs beside a verb's usual context. */
export type LibraryContext = VerbContext & {
  readonly mediaServer: MediaServer;
  readonly libraries: LibrarySettings;
};

/** What looking at libraries without writing them needs. */
export type LibraryReader = Pick<LibraryContext, 'db' | 'signal' | 'mediaServer' | 'libraries'>;
