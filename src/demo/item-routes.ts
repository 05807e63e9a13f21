import { json, Refusal } from './http.ts';
import { itemPage, wholeItem } from './item-dto.ts';
import { groupingKey, isVisible, listItems, mayOpen, openLibraries } from './item-list.ts';
import { parseItemQuery, parsePage } from './item-query.ts';
import type { Series } from './items.ts';
import { latestSeries } from './latest.ts';
import { backdropSvg, posterSvg } from './poster.ts';
import { itemOf, userOf } from './request-user.ts';
import type { Call, Route, Routes } from './router.ts';
import type { DemoUser } from './users.ts';

/** Lists of items and single ones, in the forms that both dialects have. */
export const itemRoutes: Routes = {
  'GET /Items': { access: 'user', handle: (call) => listFor(call, userOf(call)) },
  'GET /Users/{userId}/Items': { access: 'user', handle: (call) => listFor(call, userOf(call, 'userId')) },
  'GET /Users/{userId}/Items/Latest': {
    access: 'user',
    handle: (call) => latestFor(call, userOf(call, 'userId')),
  },
  'GET /Users/{userId}/Items/{itemId}': {
    access: 'user',
    handle: (call) => {
      const user = userOf(call, 'userId');
      return json(wholeItem(call.state, user, itemOf(call, user)));
    },
  },
  'GET /Users/{userId}/Views': { access: 'user', handle: (call) => viewsFor(call, userOf(call, 'userId')) },
  'GET /Shows/{seriesId}/Seasons': { access: 'user', handle: seasons },
  'GET /Shows/{seriesId}/Episodes': { access: 'user', handle: episodes },
  'GET /Items/{itemId}/Images/Primary': { access: 'anonymous', handle: (call) => image(call, posterSvg) },
  'GET /Items/{itemId}/Images/Backdrop/{index}': {
    access: 'anonymous',
    handle: (call) => image(call, backdropSvg),
  },
};

/** `GET /Items/{id}`, which needs a user: an API key alone finds nothing. */
export const singleItemRoute: Route = {
  access: 'user',
  handle: (call) => {
    const user = userOf(call);
    if (!user) throw new Refusal(404, 'Item not found.');
    return json(wholeItem(call.state, user, itemOf(call, user)));
  },
};

/** Jellyfin's forms without the user in the path. */
export const jellyfinItemRoutes: Routes = {
  'GET /Items/Latest': { access: 'user', handle: (call) => latestFor(call, userOf(call)) },
  'GET /UserViews': { access: 'user', handle: (call) => viewsFor(call, userOf(call)) },
};

function listFor(call: Call, user: DemoUser | null) {
  const { state } = call;
  const isJellyfin = state.profile.dialect === 'jellyfin';
  const query = parseItemQuery(state, call.query, user);
  const page = parsePage(call.query, call.pageShift);
  if (!isJellyfin && query.hasUnknownFilter) {
    return json(itemPage(state, user, openLibraries(state, user), { ...page, start: 0, limit: null }));
  }
  const parent = query.parentId === null ? undefined : state.items.get(query.parentId);
  if (isJellyfin && user && parent && !isVisible(user, parent)) {
    throw new Refusal(401, `${user.name} is not permitted to access this library.`);
  }
  const needsUser = query.sort.some(({ key }) => key === 'dateplayed' || key === 'playcount');
  if (isJellyfin && !user && needsUser)
    throw new Refusal(500, 'Object reference not set to an instance of an object.');
  return json(itemPage(state, user, listItems(state, query), page));
}

function latestFor(call: Call, user: DemoUser | null) {
  const { state, query } = call;
  const found = latestSeries(state, user, query.id('parentId'), query.integer('limit') ?? 20);
  const page = { ...parsePage(query, 0), start: 0, limit: null };
  return json(itemPage(state, user, found, page).Items);
}

function viewsFor(call: Call, user: DemoUser | null) {
  const views = openLibraries(call.state, user);
  return json(itemPage(call.state, user, views, { ...parsePage(call.query, 0), start: 0, limit: null }));
}

function seasons(call: Call) {
  const user = userOf(call);
  const found = copiesOf(call, user).flatMap((series) => series.seasons);
  return json(itemPage(call.state, user, found, parsePage(call.query, call.pageShift)));
}

function episodes(call: Call) {
  const user = userOf(call);
  const season = call.query.integer('season');
  const seasonId = call.query.id('seasonId');
  const { withVirtual } = parseItemQuery(call.state, call.query, user);
  const found = copiesOf(call, user)
    .flatMap((series) => series.episodes)
    .filter((one) => withVirtual || !one.isVirtual)
    .filter((one) => season === null || one.season.number === season)
    .filter((one) => seasonId === null || one.season.id === seasonId);
  return json(itemPage(call.state, user, found, parsePage(call.query, call.pageShift)));
}

/** Jellyfin selects by the series' key, so that seasons and episodes of a grouped copy come along. */
function copiesOf(call: Call, user: DemoUser | null): readonly Series[] {
  const series = itemOf(call, user, 'seriesId');
  if (series.kind !== 'Series') throw new Refusal(404, 'Series not found.');
  if (call.state.profile.dialect === 'emby') return [series];
  const key = groupingKey(series);
  return call.state.libraries
    .filter((library) => !user || mayOpen(user, library))
    .flatMap((library) => library.series.filter((one) => groupingKey(one) === key));
}

function image(call: Call, draw: typeof posterSvg) {
  const item = itemOf(call, null);
  if (item.kind !== 'Series') throw new Refusal(404, 'Image not found.');
  return { status: 200, type: 'image/svg+xml', body: draw(item.name, item.year) };
}
