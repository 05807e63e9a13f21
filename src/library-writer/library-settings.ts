import { isAbsolute, join, posix, win32 } from 'node:path';
import { ShowrunnerError } from '../platform/errors.ts';
import type { OutputMode } from './output-mode.ts';
import { type PathMapping, toServerPath } from './path-mapping.ts';
import { isSafePart } from './sanitize-name.ts';

/** How and where libraries are written. */
export interface LibrarySettings {
  /** Absolute folder, as Showrunner sees it, below which libraries are written; it must exist. */
  readonly root: string;
  readonly mode: OutputMode;
  /** Pairs of one folder as the media server and as Showrunner see it. */
  readonly pathMappings: readonly PathMapping[];
  /** `root` as the media server sees it; derived from `pathMappings` when left out. */
  readonly serverRoot?: string;
  /** Pause after the first look for the placeholders, in ms; it doubles for each of the following ones (default 500). */
  readonly scanWaitMs?: number;
}

/** First pause while the media server scans, in ms, unless the settings name one. */
export const DEFAULT_SCAN_WAIT_MS = 500;

/** Where a user's library lies. */
export interface LibraryPlace {
  /** The folder below the root, with `/` between its parts. */
  readonly base: string;
  /** The folder as Showrunner sees it. */
  readonly path: string;
  /** The folder as the media server sees it. */
  readonly serverPath: string;
}

/**
 * The place of the library of the user whose folder is `folder`.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION` when `folder` is not one plain folder name
 */
export function libraryPlace(settings: LibrarySettings, folder: string): LibraryPlace {
  if (!isSafePart(folder))
    throw new ShowrunnerError('BAD_CONFIGURATION', 'A user has a folder that is not a plain folder name.', {
      field: 'folder',
      value: folder,
    });
  const base = posix.join('users', folder, 'ai-series');
  const path = join(settings.root, base);
  return { base, path, serverPath: toServerPath(path, serverMappings(settings)) };
}

/** All mappings in force: those configured and the root's own. */
export function serverMappings(settings: LibrarySettings): readonly PathMapping[] {
  return [{ server: rootOnServer(settings), local: settings.root }, ...settings.pathMappings];
}

/** The folder below which libraries are written, as the media server sees it. */
export function rootOnServer(settings: Omit<LibrarySettings, 'mode'>): string {
  return settings.serverRoot ?? toServerPath(settings.root, settings.pathMappings);
}

/**
 * Checks what would otherwise write to surprising places.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION` when `root` or `serverRoot` is not absolute
 */
export function checkLibrarySettings(settings: LibrarySettings): void {
  const { root, serverRoot } = settings;
  if (!isAbsolute(root)) throw notAbsolute('root', root);
  if (serverRoot !== undefined && !posix.isAbsolute(serverRoot) && !win32.isAbsolute(serverRoot))
    throw notAbsolute('serverRoot', serverRoot);
}

function notAbsolute(field: string, value: string): ShowrunnerError {
  return new ShowrunnerError('BAD_CONFIGURATION', 'The folder for libraries must be an absolute path.', {
    field,
    value,
    remedy: 'Give the full path of the folder.',
  });
}
