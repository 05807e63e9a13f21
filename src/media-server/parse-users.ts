import { z } from 'zod';
import { foreign, readId } from './foreign-values.ts';
import type { MediaUser, PlayStateItem } from './media-server.ts';

const UserShape = z.object({ Id: foreign.id, Name: foreign.name, Policy: foreign.entries });

const PlayStateShape = z.object({
  Type: foreign.name,
  Id: foreign.id,
  RunTimeTicks: foreign.ticks,
  UserData: z.object({
    Played: foreign.flag,
    PlaybackPositionTicks: foreign.ticks,
    PlayCount: foreign.count,
    IsFavorite: foreign.flag,
    LastPlayedDate: foreign.instant,
  }),
});

/** Reads a user; null without an id or a name. Where the server is silent on rights, its own defaults hold. */
export function parseUser(raw: unknown): MediaUser | null {
  const { data } = UserShape.safeParse(raw);
  if (!data || data.Id === null || data.Name === null) return null;
  const folders = data.Policy.get('enabledfolders');
  const rating = data.Policy.get('maxparentalrating');
  return {
    id: data.Id,
    name: data.Name,
    isAdmin: data.Policy.get('isadministrator') === true,
    isDisabled: data.Policy.get('isdisabled') === true,
    enableAllFolders: data.Policy.get('enableallfolders') !== false,
    enabledFolders: Array.isArray(folders) ? folders.map(readId).filter((id) => id !== null) : [],
    maxParentalRating: typeof rating === 'number' && Number.isInteger(rating) ? rating : null,
  };
}

/**
 * Reads an episode's play state; null when it is something else, lacks an id or says neither whether it was played nor how
 * far: silence is not "unwatched". Lists leave out what is zero or unknown, so the rest is optional; a played episode was
 * played at least once.
 */
export function parsePlayState(raw: unknown): PlayStateItem | null {
  const { data } = PlayStateShape.safeParse(raw);
  if (data?.Type !== 'Episode' || data.Id === null) return null;
  const { Played, PlaybackPositionTicks } = data.UserData;
  if (Played === null && PlaybackPositionTicks === null) return null;
  const played = Played ?? false;
  return {
    itemId: data.Id,
    played,
    positionMs: PlaybackPositionTicks ?? 0,
    runtimeMs: data.RunTimeTicks,
    playCount: Math.max(data.UserData.PlayCount ?? 0, played ? 1 : 0),
    isFavorite: data.UserData.IsFavorite ?? false,
    lastPlayedAt: data.UserData.LastPlayedDate,
  };
}
