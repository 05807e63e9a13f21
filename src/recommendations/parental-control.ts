import type { ViewerRights } from '../watch/watch-snapshot.repo.ts';

/** What parental control looks at. */
export interface RatedTitle {
  /** Age rating in the media server's words, such as `TV-14` or `DE-12`. */
  readonly officialRating: string | null;
  /** Tags of the media server, and no others. */
  readonly tags: readonly string[];
}

/** Values of age ratings by their folded names; the media server compares them with a user's highest permitted one. */
export type ParentalRatings = ReadonlyMap<string, number>;

/** A rating's name as `ParentalRatings` has it. */
function foldRating(name: string): string {
  return name.trim().toLowerCase();
}

/**
 * Whether parental control hides a title from a user: by a blocked tag, for want of an allowed one, or by its rating.
 *
 * The rules are the server's (Jellyfin BaseItem.IsParentalAllowed and IsVisibleViaTags): tags match whatever their case,
 * a list of allowed tags hides all else, a title without a rating is hidden where unrated series are blocked, and a
 * rated one where its value is above the user's. One thing is stricter: a rating of which the server told no value is
 * hidden from everybody with a limit, as nobody knows here what it stands for.
 */
export function isHiddenByParents(
  title: RatedTitle,
  user: Pick<ViewerRights, 'maxParentalRating' | 'blockUnrated' | 'blockedTags' | 'allowedTags'>,
  ratings: ParentalRatings,
): boolean {
  if (user.blockedTags.length > 0 && carriesOneOf(title, user.blockedTags)) return true;
  if (user.allowedTags.length > 0 && !carriesOneOf(title, user.allowedTags)) return true;
  if (user.maxParentalRating === null && !user.blockUnrated) return false;
  if (!title.officialRating?.trim()) return user.blockUnrated;
  const value = ratingValue(title.officialRating, ratings);
  if (value === null) return user.blockUnrated || user.maxParentalRating !== null;
  return user.maxParentalRating !== null && value > user.maxParentalRating;
}

function carriesOneOf(title: RatedTitle, tags: readonly string[]): boolean {
  const wanted = new Set(tags.map(foldRating));
  return title.tags.some((tag) => wanted.has(foldRating(tag)));
}

/** The value of a rating, also of one with its country before it (`US:TV-14`, `us-TV-14`); null when it is not known. */
export function ratingValue(rating: string, ratings: ParentalRatings): number | null {
  const name = foldRating(rating);
  const bare = /^[a-z]{2}[-:/](.+)$/.exec(name)?.[1];
  return ratings.get(name) ?? (bare === undefined ? null : (ratings.get(bare.trim()) ?? null));
}
