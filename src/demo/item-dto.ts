import type { Dto, DtoContext } from './dto-values.ts';
import { embyItem, embyUserData } from './emby-dto.ts';
import type { PageQuery } from './item-query.ts';
import type { Item } from './items.ts';
import { jellyfinItem, jellyfinUserData } from './jellyfin-dto.ts';
import type { MediaState } from './media-state.ts';
import type { DemoUser } from './users.ts';

/** Cuts a page from a list and writes it in the server's dialect. */
export function itemPage(
  state: MediaState,
  user: DemoUser | null,
  list: readonly Item[],
  page: PageQuery,
): Dto {
  const end = page.limit === null ? list.length : page.start + page.limit;
  const items = list.slice(page.start, end);
  const context: DtoContext = { state, user, page, isWhole: false };
  if (state.profile.dialect === 'emby') {
    return {
      Items: items.map((item) => embyItem(context, item)),
      TotalRecordCount: page.withTotal ? list.length : 0,
    };
  }
  return {
    Items: items.map((item) => jellyfinItem(context, item)),
    TotalRecordCount: page.withTotal ? list.length : items.length,
    StartIndex: page.start,
  };
}

/** Writes one item with everything there is to say of it. */
export function wholeItem(state: MediaState, user: DemoUser | null, item: Item): Dto {
  const context = wholeContext(state, user);
  return state.profile.dialect === 'emby' ? embyItem(context, item) : jellyfinItem(context, item);
}

/** Writes what a user did with an item, as the answer to a change of it. */
export function wholeUserData(state: MediaState, user: DemoUser, item: Item): Dto | undefined {
  const context = wholeContext(state, user);
  return state.profile.dialect === 'emby' ? embyUserData(context, item) : jellyfinUserData(context, item);
}

function wholeContext(state: MediaState, user: DemoUser | null): DtoContext {
  return { state, user, page: { fields: new Set(), withUserData: true }, isWhole: true };
}
