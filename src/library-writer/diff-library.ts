import type { Manifest, ManifestEntry } from './manifest.ts';
import { manifestEntryOf } from './manifest.ts';
import type { PlannedFile } from './plan-library.ts';

/** What stands at a path. `sha256` is null when the file was not read; `reached` is false below a link or a file. */
export type DiskEntry =
  | { readonly kind: 'file'; readonly size: number; readonly sha256: string | null }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'other' }
  | { readonly kind: 'blocked'; readonly by: string };

/** A path that cannot be written because something that is not ours is in the way. */
interface Conflict {
  readonly path: string;
  /** The path of what is in the way: the path itself or a folder above it. */
  readonly by: string;
}

/** The steps from what is there to what is planned. Paths are relative to the library's folder. */
export interface LibraryDiff {
  readonly create: readonly string[];
  readonly update: readonly string[];
  /** Owned paths that are no longer planned; some may be gone already. */
  readonly remove: readonly string[];
  readonly unchanged: number;
  readonly conflicts: readonly Conflict[];
  /** What is owned once the steps are done. */
  readonly owned: ReadonlyMap<string, ManifestEntry>;
}

/**
 * Compares a plan with what the manifest owns and the disk holds (a path missing from `disk` is free). Only owned
 * paths are ever updated or removed, and only while they hold the kind of thing that was written there: a real
 * video that took the place of our link is not ours.
 */
export function diffLibrary(
  plan: ReadonlyMap<string, PlannedFile>,
  manifest: Manifest,
  disk: ReadonlyMap<string, DiskEntry>,
): LibraryDiff {
  const create: string[] = [];
  const update: string[] = [];
  const conflicts: Conflict[] = [];
  const owned = new Map<string, ManifestEntry>();
  const interrupted = manifest.pending === 'files';
  for (const [path, planned] of plan) {
    const wanted = manifestEntryOf(planned);
    const before = manifest.files.get(path);
    const found = disk.get(path);
    if (found && !isOurs(before, found, interrupted)) {
      conflicts.push({ path, by: found.kind === 'blocked' ? found.by : path });
      continue;
    }
    owned.set(path, wanted);
    if (!found) create.push(path);
    else if (!isAsWanted(wanted, before, found)) update.push(path);
  }
  const remove = [...manifest.files].flatMap(([path, before]) => {
    const found = disk.get(path);
    return plan.has(path) || (found && !isOurs(before, found, interrupted)) ? [] : [path];
  });
  const unchanged = owned.size - create.length - update.length;
  return { create, update, remove, unchanged, conflicts, owned };
}

/** An interrupted change from link to file, or back, leaves a manifest that is ahead of the disk. */
function isOurs(before: ManifestEntry | undefined, found: DiskEntry, interrupted: boolean): boolean {
  if (!before || found.kind === 'blocked' || found.kind === 'other') return false;
  return found.kind === before.kind || interrupted;
}

/** A file that was not read counts as holding what the manifest says, as long as it has the size. */
function isAsWanted(wanted: ManifestEntry, before: ManifestEntry | undefined, found: DiskEntry): boolean {
  if (wanted.kind === 'link') return found.kind === 'link' && found.target === wanted.target;
  if (found.kind !== 'file' || found.size !== wanted.size) return false;
  const sha256 = found.sha256 ?? (before?.kind === 'file' ? before.sha256 : null);
  return sha256 === wanted.sha256;
}
