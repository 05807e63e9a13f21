/** A library whose play states tell what users watched. */
export interface HistoryLibrary {
  readonly id: number;
  readonly providerId: string;
  readonly isVirtual: boolean;
}

/** The part of a user that says which libraries they can open. */
export interface LibraryAccess {
  readonly enableAllFolders: boolean;
  readonly enabledFolders: readonly string[];
}

/** Libraries to read for a user. */
export interface HistoryPlan {
  readonly read: readonly HistoryLibrary[];
  /** Those of them in which an episode that is not reported is unwatched, rather than perhaps hidden from the user. */
  readonly complete: readonly HistoryLibrary[];
}

/**
 * Chooses the libraries to read for a user: those they can open. Servers differ in the id by which a policy names a
 * library; when it names none that we know, all are read but none is trusted to be complete.
 */
export function planHistory(user: LibraryAccess, libraries: readonly HistoryLibrary[]): HistoryPlan {
  if (user.enableAllFolders) return { read: libraries, complete: libraries };
  const open = libraries.filter((library) => user.enabledFolders.includes(library.providerId));
  if (open.length > 0 || user.enabledFolders.length === 0) return { read: open, complete: open };
  return { read: libraries, complete: [] };
}

/** Below this many unreported episodes, no pattern can be told from a user who tidies up. */
const MIN_UNREPORTED = 20;
const MAX_SHARE = 0.3;

/**
 * Whether the media server seems to have given its items new ids since the catalog was synced: a large part of the
 * history is not reported, and as many unknown items are instead. Nothing was unwatched then.
 */
export function looksRescanned(history: { stored: number; unreported: number; unknown: number }): boolean {
  const { stored, unreported, unknown } = history;
  return unreported >= MIN_UNREPORTED && unreported > stored * MAX_SHARE && unknown >= unreported;
}
