import { lstat, mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';

/** An empty folder on the real file system that is removed by `remove`. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'showrunner-library-')));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Everything below `folder`: contents of files, `-> target` of links, `/` for empty folders. */
export async function readTree(folder: string, below = ''): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const name of (await readdir(join(folder, below))).sort()) {
    const path = posix.join(below, name);
    const whole = join(folder, path);
    const found = await lstat(whole);
    if (found.isSymbolicLink()) tree[path] = `-> ${await readlink(whole)}`;
    else if (found.isDirectory()) {
      const inside = await readTree(folder, path);
      Object.assign(tree, Object.keys(inside).length > 0 ? inside : { [path]: '/' });
    } else tree[path] = await readFile(whole, 'utf8');
  }
  return tree;
}

/** Modification time and inode of everything in a tree: both change when a file is written anew. */
export async function readStamps(folder: string): Promise<Record<string, string>> {
  const stamps: Record<string, string> = {};
  for (const path of Object.keys(await readTree(folder))) {
    const found = await lstat(join(folder, path), { bigint: true });
    stamps[path] = `${found.mtimeNs} ${found.ino}`;
  }
  return stamps;
}
