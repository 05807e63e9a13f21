import type { MediaUser } from '../media-server/media-server.ts';
import { ShowrunnerError } from '../platform/errors.ts';

/**
 * Picks the user through whose eyes the catalog is listed: the one who sees the most. An administrator with all
 * folders and no parental limit comes first; equal ones are told apart by id, so that every run picks the same.
 *
 * @throws ShowrunnerError `PREREQUISITE_MISSING` when every user is disabled
 */
export function pickListingUser(users: readonly MediaUser[]): MediaUser {
  const [first] = users
    .filter((user) => !user.isDisabled)
    .toSorted((a, b) => sight(b) - sight(a) || (a.id < b.id ? -1 : 1));
  if (first) return first;
  throw new ShowrunnerError(
    'PREREQUISITE_MISSING',
    'The media server has no enabled user to list series as.',
    {
      remedy: 'Enable a user with access to all libraries on the media server.',
    },
  );
}

/** Whether the user may be blind to some items, so that a missing item need not be gone. */
export function isLimited(user: MediaUser): boolean {
  return !user.enableAllFolders || hasParentalControl(user);
}

function hasParentalControl(user: MediaUser): boolean {
  const { maxParentalRating, blockUnrated, blockedTags, allowedTags } = user;
  return maxParentalRating !== null || blockUnrated || blockedTags.length + allowedTags.length > 0;
}

function sight(user: MediaUser): number {
  return Number(user.enableAllFolders) * 4 + Number(!hasParentalControl(user)) * 2 + Number(user.isAdmin);
}
