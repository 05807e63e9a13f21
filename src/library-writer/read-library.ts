import { lstat, readFile, readlink, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { ShowrunnerError } from '../platform/errors.ts';
import type { DiskEntry } from './diff-library.ts';
import { inParallel } from './in-parallel.ts';
import { EMPTY_MANIFEST, MANIFEST_NAME, type Manifest, parseManifest, sha256 } from './manifest.ts';
import { ifPresent, writeFailure } from './write-failure.ts';

/** A library's folder: `base` is its path below `root`, with `/` between parts. */
export interface LibraryFolder {
  readonly root: string;
  readonly base: string;
}

/** Throws `LIBRARY_WRITE_FAILED` unless `root` is an existing folder: a missing one is a mount that is not there. */
export async function checkRoot(root: string): Promise<void> {
  const found = await fileSystem(root, () => stat(root));
  if (found.isDirectory()) return;
  throw new ShowrunnerError('LIBRARY_WRITE_FAILED', `${root} is not a folder.`, {
    field: 'root',
    value: root,
    remedy: 'Choose a folder for the libraries.',
  });
}

/** The manifest of a library; an empty one when there is none yet. */
export async function readManifest(folder: LibraryFolder): Promise<Manifest> {
  const blocker = await blockerOf(folder.root, folder.base, new Map());
  if (blocker) throw notAFolder(join(folder.root, blocker));
  const path = join(folder.root, folder.base, MANIFEST_NAME);
  const found = await fileSystem(path, () => ifPresent(lstat(path)));
  if (!found) return EMPTY_MANIFEST;
  if (!found.isFile()) throw notAFile(path);
  return parseManifest(await fileSystem(path, () => readFile(path, 'utf8')), path);
}

/** What stands at `paths` of a library, without ever following a link below the root; `verify` also reads the files. */
export async function readDisk(
  folder: LibraryFolder,
  paths: Iterable<string>,
  options: { readonly verify: boolean; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, DiskEntry>> {
  const disk = new Map<string, DiskEntry>();
  const known = new Map<string, Promise<string | undefined>>();
  await inParallel([...new Set(paths)], options.signal, async (path) => {
    const whole = posix.join(folder.base, path);
    const blocker = await blockerOf(folder.root, posix.dirname(whole), known);
    const entry: DiskEntry | undefined = blocker
      ? { kind: 'blocked', by: posix.relative(folder.base, blocker) }
      : await fileSystem(whole, () => entryAt(join(folder.root, whole), options.verify));
    if (entry) disk.set(path, entry);
  });
  return disk;
}

/** The error for something that stands where a folder of ours belongs. */
export function notAFolder(path: string): ShowrunnerError {
  return new ShowrunnerError('LIBRARY_WRITE_FAILED', `${path} is a link or a file, not a folder.`, {
    value: path,
    remedy: 'Remove it or move it away: Showrunner never writes through links.',
  });
}

function notAFile(path: string): ShowrunnerError {
  return new ShowrunnerError('LIBRARY_WRITE_FAILED', `${path} is a link or a folder, not a file.`, {
    value: path,
    remedy: 'Remove it or move it away: it stands where Showrunner keeps its list of files.',
  });
}

async function entryAt(path: string, verify: boolean): Promise<DiskEntry | undefined> {
  const found = await ifPresent(lstat(path));
  if (!found) return undefined;
  if (found.isSymbolicLink()) return { kind: 'link', target: await readlink(path) };
  if (!found.isFile()) return { kind: 'other' };
  return { kind: 'file', size: found.size, sha256: verify ? sha256(await readFile(path)) : null };
}

/** The highest part of `folder` that exists and is no real folder; each one is looked at once. */
function blockerOf(
  root: string,
  folder: string,
  known: Map<string, Promise<string | undefined>>,
): Promise<string | undefined> {
  const before = known.get(folder);
  if (before) return before;
  const answer = (async () => {
    const parent = posix.dirname(folder);
    const above = parent === '.' ? undefined : await blockerOf(root, parent, known);
    if (above) return above;
    const path = join(root, folder);
    const found = await fileSystem(path, () => ifPresent(lstat(path)));
    return found && !found.isDirectory() ? folder : undefined;
  })();
  known.set(folder, answer);
  return answer;
}

async function fileSystem<Result>(path: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw writeFailure(path, error);
  }
}
