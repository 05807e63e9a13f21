import { chmod, lstat, mkdir, open, realpath, rename, symlink, unlink } from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import { ShowrunnerError } from '../platform/errors.ts';
import { sha256 } from './manifest.ts';
import type { PlannedFile } from './plan-library.ts';
import { type LibraryFolder, notAFolder } from './read-library.ts';
import { isSafePath } from './sanitize-name.ts';
import { codeOf, ifPresent, writeFailure } from './write-failure.ts';

const FOLDER_MODE = 0o775;
const FILE_MODE = 0o664;

/** Writes and removes single paths of a library, checking each folder on the way once. */
export function folderWriter(folder: LibraryFolder) {
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
      await removeAt(folder, locate(path));
    },
    sweep: async (path: string): Promise<void> => {
      await removeAt(folder, temporary(locate(path)));
    },
  };
}

/** Removes what stands at `path`, unless a link on the way leads elsewhere by now. */
async function removeAt(folder: LibraryFolder, path: string): Promise<void> {
  await fileSystem(path, async () => {
    const [root, parent] = await Promise.all([realpath(folder.root), ifPresent(realpath(dirname(path)))]);
    if (parent === undefined) return;
    if (parent !== join(root, relative(folder.root, dirname(path)))) throw notAFolder(dirname(path));
    await ifPresent(unlink(path));
  });
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

/** Makes one folder that all may read and its group may write; throws when something else stands there. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, FOLDER_MODE);
    await chmod(path, FOLDER_MODE);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    if (!(await lstat(path)).isDirectory()) throw notAFolder(path);
  }
}

async function fileSystem(path: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    throw writeFailure(path, error);
  }
}
