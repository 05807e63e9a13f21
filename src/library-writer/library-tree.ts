import { type LibrarySettings, libraryPlace } from './library-settings.ts';
import { readManifest } from './read-library.ts';

/** A file (no children) or a folder of a library. */
export interface LibraryTreeNode {
  readonly name: string;
  readonly children: readonly LibraryTreeNode[];
}

interface Branch {
  readonly name: string;
  readonly children: Map<string, Branch>;
}

const byName = new Intl.Collator('en', { numeric: true }).compare;

/**
 * The first `limit` files of the library of the user whose folder is `folder`, in order of name and inside their
 * folders, as the manifest lists them; empty when there is no library.
 */
export async function readLibraryTree(
  settings: LibrarySettings,
  folder: string,
  limit: number,
): Promise<readonly LibraryTreeNode[]> {
  const manifest = await readManifest({ root: settings.root, base: libraryPlace(settings, folder).base });
  const top: Branch = { name: '', children: new Map() };
  for (const path of [...manifest.files.keys()].sort(byName).slice(0, limit)) {
    let branch = top;
    for (const name of path.split('/')) {
      const next = branch.children.get(name) ?? { name, children: new Map() };
      branch.children.set(name, next);
      branch = next;
    }
  }
  return nodesOf(top);
}

function nodesOf(branch: Branch): readonly LibraryTreeNode[] {
  return [...branch.children.values()].map((child) => ({ name: child.name, children: nodesOf(child) }));
}
