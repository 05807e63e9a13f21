import { z } from 'zod';
import type { Viewer } from './catalog.ts';
import { guid } from './items.ts';

/**
 * A user's policy as both servers replace it: what a caller leaves out goes back to the server's own default, which is
 * how a partial policy makes a user hidden or opens all libraries again.
 */
export const policySchema = z.looseObject({
  IsAdministrator: z.boolean().default(false),
  IsHidden: z.boolean().default(true),
  IsDisabled: z.boolean().default(false),
  MaxParentalRating: z.number().nullish().default(null),
  BlockedTags: z.array(z.string()).default([]),
  /** Jellyfin's name of the tags without which nothing is shown; `IncludeTags` is Emby's. */
  AllowedTags: z.array(z.string()).default([]),
  IncludeTags: z.array(z.string()).default([]),
  BlockUnratedItems: z.array(z.string()).default([]),
  EnableAllFolders: z.boolean().default(true),
  EnabledFolders: z.array(z.string()).default([]),
  EnableAllChannels: z.boolean().default(true),
  EnabledChannels: z.array(z.string()).default([]),
  EnableAllDevices: z.boolean().default(true),
  EnabledDevices: z.array(z.string()).default([]),
  EnableMediaPlayback: z.boolean().default(true),
  EnableRemoteAccess: z.boolean().default(true),
  EnableContentDeletion: z.boolean().default(false),
  EnableContentDownloading: z.boolean().default(true),
  EnableUserPreferenceAccess: z.boolean().default(true),
  LoginAttemptsBeforeLockout: z.number().default(-1),
  InvalidLoginAttemptCount: z.number().default(0),
});
type Policy = z.output<typeof policySchema>;

/** What Jellyfin also demands of a policy; it refuses one without them. */
export const jellyfinPolicySchema = policySchema.extend({
  AuthenticationProviderId: z.string().min(1),
  PasswordResetProviderId: z.string().min(1),
});

/** A user of the demo server. */
export interface DemoUser {
  readonly id: string;
  readonly name: string;
  policy: Policy;
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** Password of every demo user. */
export const DEMO_PASSWORD = 'demo';

/** The user that a viewer becomes; its id follows from the name. */
export function demoUser(viewer: Pick<Viewer, 'name' | 'isAdmin'>): DemoUser {
  return {
    id: guid(`user/${viewer.name}`),
    name: viewer.name,
    policy: policySchema.parse({
      IsAdministrator: viewer.isAdmin,
      IsHidden: false,
      AuthenticationProviderId: 'DefaultAuthenticationProvider',
      PasswordResetProviderId: 'DefaultPasswordResetProvider',
    }),
    configuration: {
      PlayDefaultAudioTrack: true,
      DisplayMissingEpisodes: false,
      GroupedFolders: [],
      SubtitleMode: 'Default',
      OrderedViews: [],
      LatestItemsExcludes: [],
      MyMediaExcludes: [],
      HidePlayedInLatest: true,
      EnableNextEpisodeAutoPlay: true,
    },
  };
}

/** Ages that the servers compare with a user's highest permitted rating. */
export const RATING_AGES: Readonly<Record<string, number>> = {
  'TV-Y': 0,
  'TV-G': 0,
  'TV-Y7': 7,
  'TV-PG': 10,
  'TV-14': 14,
  'TV-MA': 17,
};

/** Whether anything may be hidden from `user` by `mayWatch`. */
export function hasParentalControl({ policy }: DemoUser): boolean {
  const lists = [policy.BlockedTags, policy.AllowedTags, policy.IncludeTags, policy.BlockUnratedItems];
  return typeof policy.MaxParentalRating === 'number' || lists.some((list) => list.length > 0);
}

/**
 * Whether `user` may see a series by its tags and its rating; one without a rating, or with one of no known age, is seen
 * by all for whom unrated series are not blocked (BaseItem.IsParentalAllowed and IsVisibleViaTags of Jellyfin).
 */
export function mayWatch(
  user: DemoUser,
  series: { readonly officialRating: string | null; readonly tags: readonly string[] },
): boolean {
  const { MaxParentalRating: limit, BlockedTags, AllowedTags, IncludeTags, BlockUnratedItems } = user.policy;
  const tags = new Set(series.tags.map((tag) => tag.toLowerCase()));
  const hasOneOf = (wanted: readonly string[]) => wanted.some((tag) => tags.has(tag.toLowerCase()));
  if (hasOneOf(BlockedTags)) return false;
  const needed = [...AllowedTags, ...IncludeTags];
  if (needed.length > 0 && !hasOneOf(needed)) return false;
  const age = series.officialRating === null ? undefined : RATING_AGES[series.officialRating];
  if (age === undefined) return !BlockUnratedItems.includes('Series');
  return typeof limit !== 'number' || age <= limit;
}
