import type { Library } from './library.ts';

/** A library that nobody asked for in this time is let go, in ms. */
const KEPT_MS = 10 * 60_000;

interface KeptLibrary {
  readonly hash: string;
  readonly library: Library;
  readonly letGo: NodeJS.Timeout;
}

/** The last one of this process: a library of 20,000 titles takes some 100 MB. */
let kept: KeptLibrary | undefined;

/**
 * The library of a catalog: the last one when it was of the same catalog, else a new one, which is kept in its place.
 *
 * @param hash of the titles and their vectors, in their order
 * @param build makes the library; what it fails with is thrown and nothing is kept
 */
export async function keptLibrary(hash: string, build: () => Promise<Library>): Promise<Library> {
  if (kept?.hash === hash) {
    kept.letGo.refresh();
    return kept.library;
  }
  const library = await build();
  clearTimeout(kept?.letGo);
  const entry = { hash, library, letGo: setTimeout(() => letGo(entry), KEPT_MS).unref() };
  kept = entry;
  return library;
}

function letGo(entry: KeptLibrary): void {
  if (kept === entry) kept = undefined;
}
