import { Refusal } from './http.ts';
import { isVisible } from './item-list.ts';
import type { Item } from './items.ts';
import { parseId, parseUserId } from './query.ts';
import type { Call } from './router.ts';
import type { DemoUser } from './users.ts';

/**
 * The user through whose eyes a request looks: the one that the path or `userId` names, else the one who logged in; null for
 * an API key that names nobody. Jellyfin answers 404 for an unknown user, Emby takes the token's.
 *
 * @throws Refusal 403 when a user who is no administrator names another one
 */
export function userOf(call: Call, pathParameter?: string): DemoUser | null {
  const { dialect } = call.state.profile;
  const given =
    pathParameter === undefined
      ? call.query.userId('userId')
      : parseUserId(dialect, pathParameter, call.param(pathParameter));
  const own = call.caller?.user ?? null;
  if (given === null) return own;
  const named = findUser(call, given);
  if (!named && dialect === 'emby') return own;
  if (!named) throw new Refusal(404, 'User not found.');
  if (own && own !== named && !call.caller?.isAdmin) throw new Refusal(403, 'User is not permitted.');
  return named;
}

/** Like `userOf` where there must be one. @throws Refusal 400 or 404 when there is none */
export function someUserOf(call: Call, pathParameter?: string): DemoUser {
  const user = userOf(call, pathParameter);
  if (user) return user;
  throw call.state.profile.dialect === 'emby'
    ? new Refusal(404, 'User not found.')
    : new Refusal(400, 'userId is required');
}

/** The user with that id. */
export function findUser(call: Call, id: string): DemoUser | undefined {
  return call.state.users.find((user) => user.id === id);
}

/** The item that the path names, as `user` may see it. @throws Refusal 404 */
export function itemOf(call: Call, user: DemoUser | null, pathParameter = 'itemId'): Item {
  const id = parseId(call.state.profile.dialect, pathParameter, call.param(pathParameter));
  const item = call.state.items.get(id);
  if (!item || (user && !isVisible(user, item))) throw new Refusal(404, 'Item not found.');
  return item;
}
