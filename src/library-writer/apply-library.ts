import { chmod, lstat, mkdir, open, rename, rmdir, symlink, unlink } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { ShowrunnerError } from '../platform/errors.ts';
import type { LibraryDiff } from './diff-library.ts';
import { inParallel } from './in-parallel.ts';
import { formatManifest, MANIFEST_NAME, type Manifest, type Pending, sha256 } from './manifest.ts';
import type { PlannedFile } from './plan-library.ts';
import { type LibraryFolder, notAFolder } from './read-library.ts';
import { isSafePath } from './sanitize-name.ts';
import { codeOf, ifPresent, writeFailure } from './write-failure.ts';

const FOLDER_MODE = 0o775;
const FILE_MODE = 0o664;

/** What `applyLibrary` is to do. */
export interface ApplyInput {
  readonly folder: LibraryFolder;
  readonly plan: ReadonlyMap<string, PlannedFile>;
  readonly manifest: Manifest;
  readonly diff: LibraryDiff;
  readonly signal: AbortSignal;
}

/**
 * Makes a library's folder what `diff` says and returns its new manifest. First everything that will have been ours is
 * written down, then files are replaced one by one (a reader sees the old or the new, never a half), removals come
 * last: a run after a kill at any point knows every file and ends in the same tree. When nothing differs nothing is
 * written.
 *
 * @throws ShowrunnerError `LIBRARY_WRITE_FAILED`
 */
export async function applyLibrary(input: ApplyInput): Promise<Manifest> {
  const { folder, plan, manifest, diff, signal } = input;
  const written = [...diff.create, ...diff.update];
  const isSame = written.length + diff.remove.length === 0 && diff.owned.size === manifest.files.size;
  if (isSame && manifest.pending !== 'files') return manifest;
  const writer = folderWriter(folder);
  if (manifest.pending === 'files')
    await inParallel([...diff.owned.keys(), ...diff.remove], signal, writer.sweep);
  await saveManifest(folder, { pending: 'files', files: new Map([...manifest.files, ...diff.owned]) });
  await inParallel(written, signal, async (path) => {
    const planned = plan.get(path);
    if (planned) await writer.write(path, planned);
  });
  await inParallel(diff.remove, signal, writer.remove);
  await removeEmptyFolders(folder, diff.remove);
  signal.throwIfAborted();
  return saveManifest(folder, { pending: 'scan', files: diff.owned });
}

/**
 * Makes sure that libraries can be written below `root` at all, by making the folder that holds those of all users.
 *
 * @throws ShowrunnerError `LIBRARY_WRITE_FAILED`
 */
export async function prepareRoot(root: string): Promise<void> {
  const path = join(root, 'users');
  await fileSystem(path, () => makeFolder(path));
}

/** Replaces the manifest by one that differs in what is pending only; nothing is written when it is the same. */
export async function setPending(
  folder: LibraryFolder,
  manifest: Manifest,
  pending: Pending,
): Promise<Manifest> {
  return manifest.pending === pending ? manifest : saveManifest(folder, { ...manifest, pending });
}

async function saveManifest(folder: LibraryFolder, manifest: Manifest): Promise<Manifest> {
  await folderWriter(folder).write(MANIFEST_NAME, { content: formatManifest(manifest) }, true);
  return manifest;
}

/** Writes and removes single paths of a library, checking each folder on the way once. */
function folderWriter(folder: LibraryFolder) {
  const known = new Map<string, Promise<void>>();
  const ensure = (whole: string): Promise<void> => {
    const before = known.get(whole);
    if (before) return before;
    const parent = posix.dirname(whole);
    const made = (parent === '.' ? Promise.resolve() : ensure(parent)).then(() =>
      makeFolder(join(folder.root, whole)),
    );
    known.set(whole, made);
    return made;
  };
  const locate = (path: string) => {
    if (!isSafePath(path))
      throw new ShowrunnerError('LIBRARY_WRITE_FAILED', `${path} leads out of the library.`);
    return join(folder.root, folder.base, path);
  };
  return {
    write: async (path: string, planned: PlannedFile, durable = false): Promise<void> => {
      const target = locate(path);
      await fileSystem(target, async () => {
        await ensure(posix.dirname(posix.join(folder.base, path)));
        await replace(target, planned, durable);
      });
    },
    remove: async (path: string): Promise<void> => {
      const target = locate(path);
      await fileSystem(target, () => ifPresent(unlink(target)));
    },
    sweep: async (path: string): Promise<void> => {
      const target = temporary(locate(path));
      await fileSystem(target, () => ifPresent(unlink(target)));
    },
  };
}

/** The temporary name follows from the path, so that a later run finds what a killed one left. */
function temporary(path: string): string {
  return join(dirname(path), `.showrunner-${sha256(path).slice(0, 16)}.tmp`);
}

async function replace(path: string, planned: PlannedFile, durable: boolean): Promise<void> {
  const draft = temporary(path);
  const write = () =>
    'linkTarget' in planned ? symlink(planned.linkTarget, draft) : writeNew(draft, planned.content, durable);
  try {
    await write();
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    await unlink(draft);
    await write();
  }
  await rename(draft, path);
}

/** `wx` never writes through a link that somebody put there. */
async function writeNew(path: string, content: string, durable: boolean): Promise<void> {
  const handle = await open(path, 'wx', FILE_MODE);
  try {
    await handle.writeFile(content);
    await handle.chmod(FILE_MODE);
    if (durable) await handle.sync();
  } finally {
    await handle.close();
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, FOLDER_MODE);
    await chmod(path, FOLDER_MODE);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    if (!(await lstat(path)).isDirectory()) throw notAFolder(path);
  }
}

/** Removes the folders that the removed paths leave empty, innermost first; one that holds anything else stays. */
async function removeEmptyFolders(folder: LibraryFolder, removed: readonly string[]): Promise<void> {
  const folders = new Set<string>();
  for (const path of removed) {
    for (let parent = posix.dirname(path); parent !== '.'; parent = posix.dirname(parent))
      folders.add(parent);
  }
  const inwards = [...folders].sort((left, right) => right.split('/').length - left.split('/').length);
  for (const path of inwards) {
    const whole = join(folder.root, folder.base, path);
    await rmdir(whole).catch((error: unknown) => {
      const code = codeOf(error);
      if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR')
        throw writeFailure(whole, error);
    });
  }
}

async function fileSystem(path: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    throw writeFailure(path, error);
  }
}
