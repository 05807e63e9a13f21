import type { Policy, ServerLibrary } from '../media-server/library-control.ts';

/** The part of a library by which policies name it. */
type NamedLibrary = Pick<ServerLibrary, 'aliases' | 'folderId'>;

/**
 * Whether a policy lets its user open `library`. A list of blocked folders, where there is one, is the whole rule: the
 * servers then look at no other (Jellyfin, Folder.IsVisible). A policy that says nothing opens everything.
 */
export function canOpen(policy: Policy, library: NamedLibrary): boolean {
  const blocked = idsIn(policy.BlockedMediaFolders);
  if (blocked.length > 0) return !names(blocked, library);
  return policy.EnableAllFolders !== false || names(idsIn(policy.EnabledFolders), library);
}

/** Whether an administrator closed `library` to the user by name, which is to be respected. */
export function isBlocked(policy: Policy, library: NamedLibrary): boolean {
  return names(idsIn(policy.BlockedMediaFolders), library);
}

/** Whether a library that is yet to be made will be closed to the user until their policy names it. */
export function needsGrant(policy: Policy): boolean {
  return policy.EnableAllFolders === false && idsIn(policy.BlockedMediaFolders).length === 0;
}

/** The policy with `library` open, everything else as it is; null when nothing is to change or it is blocked. */
export function granted(policy: Policy, library: NamedLibrary): Policy | null {
  if (canOpen(policy, library) || isBlocked(policy, library)) return null;
  return { ...policy, EnabledFolders: [...idsIn(policy.EnabledFolders), library.folderId] };
}

/** The policy without `library` in its list of open ones; null when it is not in there. */
export function revoked(policy: Policy, library: NamedLibrary): Policy | null {
  const enabled = idsIn(policy.EnabledFolders);
  const kept = enabled.filter((id) => !names([id], library));
  return kept.length === enabled.length ? null : { ...policy, EnabledFolders: kept };
}

/**
 * The policy that opens what it opens now, but none of `hidden`: an explicit list takes the place of "all folders" and
 * of a list of blocked ones. Entries that are no library (folders inside one) stay. Null when none of `hidden` is open.
 */
export function restricted(
  policy: Policy,
  libraries: readonly NamedLibrary[],
  hidden: readonly NamedLibrary[],
): Policy | null {
  if (!hidden.some((library) => canOpen(policy, library))) return null;
  const open = libraries.filter((library) => !hidden.includes(library) && canOpen(policy, library));
  const isExplicit = policy.EnableAllFolders === false && idsIn(policy.BlockedMediaFolders).length === 0;
  const others = isExplicit
    ? idsIn(policy.EnabledFolders).filter((id) => !libraries.some((library) => names([id], library)))
    : [];
  return {
    ...policy,
    EnableAllFolders: false,
    EnabledFolders: [...others, ...open.map((library) => library.folderId)],
    ...(idsIn(policy.BlockedMediaFolders).length > 0 && { BlockedMediaFolders: [] }),
  };
}

function idsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((id) => typeof id === 'string') : [];
}

function names(ids: readonly string[], library: NamedLibrary): boolean {
  const own = new Set([library.folderId, ...library.aliases].map(folded));
  return ids.some((id) => own.has(folded(id)));
}

/** Guids are written with or without dashes, in either case. */
function folded(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}
