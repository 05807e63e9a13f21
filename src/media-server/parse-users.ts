import { z } from 'zod';
import { foreign, readId, readTicks } from './foreign-values.ts';
import type { MediaUser, PlayStateItem } from './media-server.ts';

const UserShape = z.object({ Id: foreign.id, Name: foreign.name, Policy: foreign.entries });

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
  return {
    id: data.Id,
    name: data.Name ?? data.Id,
    isAdmin: data.Policy.get('isadministrator') === true,
    isDisabled: data.Policy.get('isdisabled') === true,
    enableAllFolders: data.Policy.get('enableallfolders') !== false,
    enabledFolders: Array.isArray(folders) ? folders.map(readId).filter((id) => id !== null) : [],
    maxParentalRating: typeof rating === 'number' && rating === (rating | 0) ? rating : null,
  };
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

/** Null where it is not told. */
function playedOf(value: unknown): boolean | null | 'nonsense' {
  if (value === undefined || value === null) return null;
  return typeof value === 'boolean' ? value : 'nonsense';
}

/** A position in ms, 0 where none is told; null for nonsense. */
function positionOf(ticks: unknown): number | null {
  return ticks === undefined || ticks === null || ticks === 0 ? 0 : readTicks(ticks);
}
