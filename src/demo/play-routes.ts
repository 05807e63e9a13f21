import { z } from 'zod';
import { type Answer, json, Refusal } from './http.ts';
import { wholeUserData } from './item-dto.ts';
import type { Item } from './items.ts';
import { markPlayed, markUnplayed, setPlayState } from './play-states.ts';
import { parseInstant } from './query.ts';
import { itemOf, someUserOf } from './request-user.ts';
import type { Call, Routes } from './router.ts';
import type { DemoUser } from './users.ts';

type Change = (call: Call, user: DemoUser, item: Item) => void;

const played: Change = (call, user, item) =>
  markPlayed(call.state, user, item, call.query.instant('datePlayed'));
const unplayed: Change = (call, user, item) => markUnplayed(call.state, user, item);
const favorite: Change = (call, user, item) =>
  void setPlayState(call.state, user, item, { isFavorite: true });
const notFavorite: Change = (call, user, item) =>
  void setPlayState(call.state, user, item, { isFavorite: false });

/** Changes of play states with the user in the path: Emby's forms, which Jellyfin still takes. */
export const userPathPlayRoutes: Routes = {
  'POST /Users/{userId}/PlayedItems/{itemId}': { access: 'user', handle: change(played, 'userId') },
  'DELETE /Users/{userId}/PlayedItems/{itemId}': { access: 'user', handle: change(unplayed, 'userId') },
  'POST /Users/{userId}/FavoriteItems/{itemId}': { access: 'user', handle: change(favorite, 'userId') },
  'DELETE /Users/{userId}/FavoriteItems/{itemId}': { access: 'user', handle: change(notFavorite, 'userId') },
};

/** Emby's way to write positions and counts. */
export const embyPlayRoutes: Routes = {
  'POST /Users/{userId}/Items/{itemId}/UserData': { access: 'user', handle: change(writeUserData, 'userId') },
};

/** The forms of Jellyfin 10.9 and newer, with the user in the query. */
export const jellyfinPlayRoutes: Routes = {
  'POST /UserPlayedItems/{itemId}': { access: 'user', handle: change(played) },
  'DELETE /UserPlayedItems/{itemId}': { access: 'user', handle: change(unplayed) },
  'POST /UserFavoriteItems/{itemId}': { access: 'user', handle: change(favorite) },
  'DELETE /UserFavoriteItems/{itemId}': { access: 'user', handle: change(notFavorite) },
  'GET /UserItems/{itemId}/UserData': { access: 'user', handle: change(() => {}) },
  'POST /UserItems/{itemId}/UserData': { access: 'user', handle: change(writeUserData) },
};

function change(apply: Change, userParameter?: string): (call: Call) => Answer {
  return (call) => {
    const user = someUserOf(call, userParameter);
    const item = itemOf(call, user);
    apply(call, user, item);
    return json(wholeUserData(call.state, user, item));
  };
}

const userDataSchema = z.object({
  Played: z.boolean().nullish(),
  PlayCount: z.number().int().min(0).nullish(),
  PlaybackPositionTicks: z.number().int().min(0).nullish(),
  IsFavorite: z.boolean().nullish(),
  LastPlayedDate: z.string().nullish(),
  Rating: z.number().min(0).max(10).nullish(),
});

/** Writes what the body names and leaves the rest alone. */
function writeUserData(call: Call, user: DemoUser, item: Item): void {
  const parsed = userDataSchema.safeParse(call.body);
  if (!parsed.success)
    throw new Refusal(400, 'The body is not valid.', parsed.error.issues[0]?.path.join('.') || '$');
  const { Played, PlayCount, PlaybackPositionTicks, IsFavorite, LastPlayedDate, Rating } = parsed.data;
  const lastPlayed = LastPlayedDate ? parseInstant('jellyfin', LastPlayedDate) : null;
  if (LastPlayedDate && lastPlayed === null)
    throw new Refusal(400, 'The date is not valid.', 'LastPlayedDate');
  setPlayState(call.state, user, item, {
    ...(typeof Played === 'boolean' && { played: Played }),
    ...(typeof PlayCount === 'number' && { playCount: PlayCount }),
    ...(typeof PlaybackPositionTicks === 'number' && { positionTicks: PlaybackPositionTicks }),
    ...(typeof IsFavorite === 'boolean' && { isFavorite: IsFavorite }),
    ...(lastPlayed !== null && { lastPlayed }),
    ...(typeof Rating === 'number' && { rating: Rating }),
  });
}
