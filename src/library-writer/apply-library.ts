import { rmdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { LibraryDiff } from './diff-library.ts';
import { folderWriter, makeFolder } from './folder-writer.ts';
import { inParallel } from './in-parallel.ts';
import { formatManifest, MANIFEST_NAME, type Manifest, type Pending } from './manifest.ts';
import type { PlannedFile } from './plan-library.ts';
import type { LibraryFolder } from './read-library.ts';
import { codeOf, writeFailure } from './write-failure.ts';

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
  await makeFolder(path).catch((error: unknown) => {
    throw writeFailure(path, error);
  });
}

/** Removes the manifest of a library that owns nothing any more, and the folders that this leaves empty. */
export async function removeManifest(folder: LibraryFolder): Promise<void> {
  const writer = folderWriter(folder);
  await writer.sweep(MANIFEST_NAME);
  await writer.remove(MANIFEST_NAME);
  await removeEmptyFolders(
    { root: folder.root, base: '' },
    [posix.join(folder.base, MANIFEST_NAME)],
    'users',
  );
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

/** Removes the folders that the removed paths leave empty, innermost first; one that holds anything else stays. */
async function removeEmptyFolders(
  folder: LibraryFolder,
  removed: readonly string[],
  top = '.',
): Promise<void> {
  const folders = new Set<string>();
  for (const path of removed) {
    for (let parent = posix.dirname(path); parent !== top && parent !== '.'; parent = posix.dirname(parent))
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
