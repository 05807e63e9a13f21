import { z } from 'zod';
import { foreign, readId, readNames, readTicks } from './foreign-values.ts';
import type { MediaUser, PlayStateItem, SeriesOpinion } from './media-server.ts';

const UserShape = z.object({ Id: foreign.id, Name: foreign.name, Policy: foreign.entries });

const OpinionShape = z.object({
  Type: foreign.name,
  Id: foreign.id,
  UserData: z.object({ Rating: foreign.rating, Likes: foreign.flag, IsFavorite: foreign.flag }),
});

const PlayStateShape = z.object({
  Type: foreign.name,
  Id: foreign.id,
  RunTimeTicks: foreign.ticks,
  UserData: z.object({
    Played: z.unknown().optional().transform(playedOf),
    PlaybackPositionTicks: z.unknown().optional().transform(positionOf),
    PlayCount: foreign.count,
    IsFavorite: foreign.flag,
    LastPlayedDate: foreign.instant,
  }),
});

/**
 * Reads a user; null without an id. One without a name goes by the id. Where the server is silent on rights, its own
 * defaults hold.
 */
export function parseUser(raw: unknown): MediaUser | null {
  const { data } = UserShape.safeParse(raw);
  if (!data || data.Id === null) return null;
  const folders = data.Policy.get('enabledfolders');
  const rating = data.Policy.get('maxparentalrating');
  const unrated = data.Policy.get('blockunrateditems');
  return {
    id: data.Id,
    name: data.Name ?? data.Id,
    isAdmin: data.Policy.get('isadministrator') === true,
    isDisabled: data.Policy.get('isdisabled') === true,
    enableAllFolders: data.Policy.get('enableallfolders') !== false,
    enabledFolders: Array.isArray(folders) ? folders.map(readId).filter((id) => id !== null) : [],
    maxParentalRating: typeof rating === 'number' && rating === (rating | 0) ? rating : null,
    blockUnrated: Array.isArray(unrated) && unrated.some(isSeries),
    ...tagRules(data.Policy),
  };
}

/** Jellyfin and Emby write the kinds of unrated items by name; as numbers series are the third. */
function isSeries(kind: unknown): boolean {
  return kind === 2 || (typeof kind === 'string' && kind.toLowerCase() === 'series');
}

/**
 * Jellyfin lists allowed tags as `AllowedTags`, Emby as `IncludeTags`; before Emby had those,
 * `IsTagBlockingModeInclusive` turned the blocked ones into the allowed ones.
 */
function tagRules(policy: ReadonlyMap<string, unknown>): Pick<MediaUser, 'blockedTags' | 'allowedTags'> {
  const blocked = readNames(policy.get('blockedtags'));
  const allowed = [...readNames(policy.get('allowedtags')), ...readNames(policy.get('includetags'))];
  if (policy.get('istagblockingmodeinclusive') === true && allowed.length === 0)
    return { blockedTags: [], allowedTags: blocked };
  return { blockedTags: blocked, allowedTags: allowed };
}

/**
 * Reads an episode's play state; null when it is something else, lacks an id or does not say clearly that it was played
 * or how far: neither silence nor nonsense is "unwatched". Lists leave out what is zero or unknown, so the rest is
 * optional; a played episode was played at least once.
 */
export function parsePlayState(raw: unknown): PlayStateItem | null {
  const { data } = PlayStateShape.safeParse(raw);
  if (data?.Type !== 'Episode' || data.Id === null) return null;
  const { Played, PlaybackPositionTicks: positionMs } = data.UserData;
  const played = Played === true;
  const isBegun = Played !== 'nonsense' && positionMs !== null && positionMs > 0;
  if (!played && !isBegun && (Played !== false || positionMs === null)) return null;
  return {
    itemId: data.Id,
    played,
    positionMs: positionMs ?? 0,
    runtimeMs: data.RunTimeTicks,
    playCount: Math.max(data.UserData.PlayCount ?? 0, played ? 1 : 0),
    isFavorite: data.UserData.IsFavorite ?? false,
    lastPlayedAt: data.UserData.LastPlayedDate,
  };
}

/**
 * Reads what a user said of a series; null when it is something else or nothing is said. A rating and a like are optional
 * on both servers (UserItemDataDto of their OpenAPI documents).
 */
export function parseOpinion(raw: unknown): SeriesOpinion | null {
  const { data } = OpinionShape.safeParse(raw);
  if (data?.Type !== 'Series' || data.Id === null) return null;
  const { Rating: rating, Likes: likes, IsFavorite } = data.UserData;
  const isFavorite = IsFavorite ?? false;
  return rating === null && likes === null && !isFavorite
    ? null
    : { itemId: data.Id, rating, likes, isFavorite };
}

/** Null where it is not told. */
function playedOf(value: unknown): boolean | null | 'nonsense' {
  if (value === undefined || value === null) return null;
  return typeof value === 'boolean' ? value : 'nonsense';
}

/** A position in ms, 0 where none is told; null for nonsense. */
function positionOf(ticks: unknown): number | null {
  return ticks === undefined || ticks === null || ticks === 0 ? 0 : readTicks(ticks);
}
