import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { itemPath, type Library } from './items.ts';

/** Files made at a time. */
const PARALLEL = 32;

/**
 * Makes an empty file for every episode of `library` where it says that the file lies, so that links to it resolve. Files
 * that are there are left alone.
 *
 * @returns how many files there are
 */
export async function createMediaFiles(library: Library): Promise<number> {
  const files = library.episodes.filter((episode) => !episode.isVirtual).map((episode) => itemPath(episode));
  const paths = files.filter((path) => path !== null);
  for (const folder of new Set(paths.map(dirname))) await mkdir(folder, { recursive: true });
  for (let index = 0; index < paths.length; index += PARALLEL) {
    await Promise.all(
      paths.slice(index, index + PARALLEL).map((path) => writeFile(join(path), '', { flag: 'a' })),
    );
  }
  return paths.length;
}
