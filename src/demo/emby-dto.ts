import { type Dto, type DtoContext, dotnetDate, dotnetDay, etag, isAsked, ticks } from './dto-values.ts';
import { groupingKey, isPlayed, unplayedCount } from './item-list.ts';
import { addedAt } from './item-sort.ts';
import { type Item, itemId, itemName, itemPath, type Series, sortName } from './items.ts';
import type { MediaState } from './media-state.ts';
import { playStateOf } from './play-states.ts';

/** An item as Emby writes it: some ten keys, and of the rest only what `Fields` asks for. */
export function embyItem(context: DtoContext, item: Item): Dto {
  const { state, user, page } = context;
  const asked = (field: string, fields: () => Dto) => (isAsked(context, field) ? fields() : {});
  const isFolder = item.kind !== 'Episode';
  return {
    Name: itemName(item),
    ServerId: state.serverId,
    Id: item.id,
    ...asked('Etag', () => ({ Etag: etag(item) })),
    ...asked('DateCreated', () => ({ DateCreated: dotnetDate(addedAt(item)) })),
    ...asked('DateModified', () => ({ DateModified: '0001-01-01T00:00:00.0000000Z' })),
    ...asked('SortName', () => ({ SortName: sortName(item) })),
    ...asked('Path', () => ({ Path: itemPath(item) ?? undefined })),
    ...ownFields(context, item),
    IsFolder: isFolder,
    Type: item.kind === 'Library' ? 'CollectionFolder' : item.kind,
    ...(user && page.withUserData && { UserData: embyUserData(context, item) }),
    ImageTags: item.kind === 'Series' ? { Primary: item.imageTag } : {},
    BackdropImageTags: item.kind === 'Series' ? [item.imageTag] : [],
    ...(!isFolder && { MediaType: 'Video' }),
    ...(item.kind === 'Episode' && item.isVirtual && { LocationType: 'Virtual' }),
  };
}

/** What `user` did with `item`, as Emby writes it: play count and date only where `Fields` asks for them. */
export function embyUserData(context: DtoContext, item: Item): Dto | undefined {
  const { state, user } = context;
  if (!user) return undefined;
  const own = playStateOf(state, user, item);
  const isFolder = item.kind === 'Series' || item.kind === 'Season';
  const runtime = item.kind === 'Episode' ? ticks(item.runtimeSeconds) : undefined;
  const isBegun = runtime !== undefined && own.positionTicks > 0 && own.positionTicks < runtime;
  return {
    ...(isBegun && { PlayedPercentage: (own.positionTicks / runtime) * 100 }),
    ...(isFolder && { UnplayedItemCount: unplayedCount(state, user, item.episodes) }),
    PlaybackPositionTicks: own.positionTicks,
    ...(isAsked(context, 'UserDataPlayCount') && { PlayCount: own.playCount }),
    IsFavorite: own.isFavorite,
    ...(own.rating !== undefined && { Rating: own.rating }),
    ...(isAsked(context, 'UserDataLastPlayedDate') &&
      own.lastPlayed !== null && { LastPlayedDate: dotnetDate(own.lastPlayed) }),
    Played: isPlayed(state, user, item),
  };
}

function ownFields(context: DtoContext, item: Item): Dto {
  if (item.kind === 'Library') return { CollectionType: item.collectionType ?? undefined };
  if (item.kind === 'BoxSet') return {};
  if (item.kind === 'Series') return seriesFields(context, item);
  const common = {
    SeriesName: item.series.name,
    SeriesId: item.series.id,
    SeriesPrimaryImageTag: item.series.imageTag,
  };
  if (item.kind === 'Season') {
    const count = item.episodes.length;
    return {
      IndexNumber: item.number,
      ...common,
      ...(isAsked(context, 'PremiereDate') && { PremiereDate: dotnetDay(item.episodes[0]?.airDay ?? null) }),
      ...(isAsked(context, 'ProviderIds') && { ProviderIds: {} }),
      ...(isAsked(context, 'ChildCount') && { ChildCount: count }),
      ...(isAsked(context, 'RecursiveItemCount') && { RecursiveItemCount: count }),
    };
  }
  return {
    RunTimeTicks: ticks(item.runtimeSeconds),
    IndexNumber: item.number ?? undefined,
    IndexNumberEnd: item.numberEnd ?? undefined,
    ParentIndexNumber: item.season.number,
    ...common,
    SeasonId: item.season.id,
    SeasonName: itemName(item.season),
    ...(isAsked(context, 'Overview') && { Overview: item.overview ?? undefined }),
    ...(isAsked(context, 'PremiereDate') && { PremiereDate: dotnetDay(item.airDay) }),
    ...(isAsked(context, 'ProviderIds') && { ProviderIds: {} }),
  };
}

function seriesFields(context: DtoContext, series: Series): Dto {
  const { state } = context;
  const asked = (field: string, fields: () => Dto) => (isAsked(context, field) ? fields() : {});
  return {
    RunTimeTicks: ticks(series.runtimeSeconds),
    ...asked('Overview', () => ({ Overview: series.overview ?? undefined })),
    ...asked('Genres', () => ({
      Genres: series.genres,
      GenreItems: series.genres.map((name) => named(state, name)),
    })),
    ...asked('Studios', () => ({ Studios: series.studios.map((name) => named(state, name)) })),
    ...asked('Tags', () => ({ Tags: series.tags, TagItems: series.tags.map((name) => named(state, name)) })),
    ...asked('ProviderIds', () => ({ ProviderIds: series.providerIds })),
    ...asked('Status', () => ({ Status: series.status ?? undefined })),
    ...asked('ProductionYear', () => ({ ProductionYear: series.year ?? undefined })),
    ...asked('PremiereDate', () => ({ PremiereDate: dotnetDay(series.airDay) })),
    ...asked('EndDate', () => ({ EndDate: dotnetDay(series.endDay) })),
    ...asked('CommunityRating', () => ({ CommunityRating: series.rating ?? undefined })),
    ...asked('OfficialRating', () => ({ OfficialRating: series.officialRating ?? undefined })),
    ...asked('ParentId', () => ({ ParentId: series.library.id })),
    ...asked('PresentationUniqueKey', () => ({ PresentationUniqueKey: groupingKey(series) })),
    ...asked('ChildCount', () => ({ ChildCount: series.seasons.length })),
    ...asked('RecursiveItemCount', () => ({ RecursiveItemCount: series.episodes.length })),
  };
}

/** Emby's ids of genres, studios and tags are numbers, not strings. */
function named(state: MediaState, name: string): Dto {
  return { Name: name, Id: Number.parseInt(itemId(state.profile, `name/${name}`), 10) % 1_000_000 };
}
