import type { Library } from './items.ts';
import { scanLibrary } from './library-scan.ts';
import { type MediaState, newLibrary, setSeries } from './media-state.ts';

/** Scans under way, so that a folder is never scanned twice at a time. */
const running = new WeakMap<Library, { again: boolean; done: Promise<void> }>();

/** What a new library is made of. */
export type LibraryInput = Pick<Library, 'name' | 'collectionType' | 'locations' | 'options'>;

/** Adds a library over folders on disk. A name that is taken gets a number, as on the real servers. */
export function addLibrary(state: MediaState, input: LibraryInput, isListed: boolean): Library {
  const taken = new Set(state.libraries.map((library) => library.name));
  let name = input.name;
  for (let count = 2; taken.has(name); count++) name = `${input.name}${count}`;
  const library = newLibrary(state.profile, { ...input, name, isSource: false });
  library.isListed = isListed;
  state.libraries.push(library);
  state.items.set(library.id, library);
  state.contentVersion++;
  state.onChange();
  return library;
}

/**
 * Scans the folders of a library and replaces its items; resolves when done. Asked again while it runs, it scans once
 * more afterwards, so that the caller always sees what lay there when it asked. The catalog's library has no folders.
 */
export async function refreshLibrary(state: MediaState, library: Library): Promise<void> {
  for (const one of state.libraries) one.isListed = true;
  if (library.isSource) return;
  const current = running.get(library);
  if (current) {
    current.again = true;
    return current.done;
  }
  const run = { again: false, done: Promise.resolve() };
  running.set(library, run);
  run.done = scanUntilQuiet(state, library, run);
  return run.done;
}

/** Scans every library, one after the other. */
export async function refreshAll(state: MediaState): Promise<void> {
  for (const library of [...state.libraries]) await refreshLibrary(state, library);
}

async function scanUntilQuiet(state: MediaState, library: Library, run: { again: boolean }): Promise<void> {
  try {
    do {
      run.again = false;
      await scanOnce(state, library);
    } while (run.again);
  } finally {
    library.scanProgress = null;
    running.delete(library);
  }
}

async function scanOnce(state: MediaState, library: Library): Promise<void> {
  library.scanProgress = 0;
  const found = await scanLibrary(state.profile, library, (fraction) => {
    library.scanProgress = Math.round(fraction * 100);
  });
  if (!state.libraries.includes(library)) return;
  setSeries(state, library, found.series);
  for (const warning of found.warnings) {
    state.log.warn({ path: warning.path }, warning.message);
    state.scanWarnings.push(warning);
  }
}
