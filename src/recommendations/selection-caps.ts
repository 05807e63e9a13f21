/** What caps look at. */
export interface CappedTitle {
  readonly genres: readonly string[];
  readonly networks: readonly string[];
}

/** Counts what has been picked and tells what would be too much of one kind. */
export interface SelectionCaps {
  /** Whether the title's genres and networks all have room left. */
  hasRoomFor(title: CappedTitle): boolean;
  /** Counts the title as picked. */
  take(title: CappedTitle): void;
}

const KINDS = ['genres', 'networks'] as const;
type Kind = (typeof KINDS)[number];

/**
 * Caps on the share of a list that one genre or one network may take. They never bind below the share that it has among
 * what the viewer likes (calibration, Steck 2018): who watches nothing but anime is not made to watch something else.
 *
 * @param count picks wanted
 * @param liked the titles the viewer likes
 * @param shares 0..1 of the list, at least one pick; 1 lifts the cap
 */
export function selectionCaps(
  count: number,
  liked: readonly CappedTitle[],
  shares: { readonly genreShare: number; readonly networkShare: number },
): SelectionCaps {
  const capOf: Record<Kind, number> = { genres: shares.genreShare, networks: shares.networkShare };
  const own = { genres: sharesOf(liked, 'genres'), networks: sharesOf(liked, 'networks') };
  const taken = { genres: new Map<string, number>(), networks: new Map<string, number>() };
  const limitOf = (kind: Kind, name: string) =>
    Math.max(1, Math.ceil(count * Math.max(capOf[kind], own[kind].get(name) ?? 0)));
  return {
    hasRoomFor: (title) =>
      KINDS.every(
        (kind) =>
          capOf[kind] >= 1 ||
          namesOf(title, kind).every((name) => (taken[kind].get(name) ?? 0) < limitOf(kind, name)),
      ),
    take: (title) => {
      for (const kind of KINDS)
        for (const name of namesOf(title, kind)) taken[kind].set(name, (taken[kind].get(name) ?? 0) + 1);
    },
  };
}

function sharesOf(liked: readonly CappedTitle[], kind: Kind): Map<string, number> {
  const shares = new Map<string, number>();
  for (const title of liked)
    for (const name of namesOf(title, kind)) shares.set(name, (shares.get(name) ?? 0) + 1 / liked.length);
  return shares;
}

/** Each name once; sources differ in their capitals. */
function namesOf(title: CappedTitle, kind: Kind): string[] {
  return [...new Set(title[kind].map((name) => name.toLowerCase()))];
}
