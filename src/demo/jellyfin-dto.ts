import { type Dto, type DtoContext, dotnetDate, dotnetDay, etag, isAsked, ticks } from './dto-values.ts';
import { isPlayed, unplayedCount } from './item-list.ts';
import { addedAt } from './item-sort.ts';
import {
  type BoxSet,
  type Episode,
  guid,
  type Item,
  itemName,
  itemPath,
  type Library,
  type Season,
  type Series,
  sortName,
} from './items.ts';
import { LEAST_LIKED, playKey } from './play-state-keys.ts';
import { playStateOf } from './play-states.ts';

const NO_ITEM = '00000000000000000000000000000000';

/** An item as Jellyfin writes it: much of it always, some only when asked for by `Fields`. */
export function jellyfinItem(context: DtoContext, item: Item): Dto {
  const { state, user, page } = context;
  const dto: Dto = { Name: itemName(item), ServerId: state.serverId, Id: item.id };
  if (isAsked(context, 'Etag')) dto.Etag = etag(item);
  if (isAsked(context, 'DateCreated') && item.kind !== 'Library') dto.DateCreated = dotnetDate(addedAt(item));
  if (isAsked(context, 'SortName')) dto.SortName = sortName(item);
  if (isAsked(context, 'Path')) dto.Path = itemPath(item) ?? undefined;
  dto.ChannelId = null;
  Object.assign(dto, ownFields(context, item));
  if (user && page.withUserData) dto.UserData = jellyfinUserData(context, item, dto.RecursiveItemCount);
  dto.BackdropImageTags = item.kind === 'Series' ? [item.imageTag] : [];
  dto.ImageTags = item.kind === 'Series' ? { Primary: item.imageTag } : {};
  dto.ImageBlurHashes = {};
  dto.LocationType = item.kind === 'Episode' && item.isVirtual ? 'Virtual' : 'FileSystem';
  dto.MediaType = item.kind === 'Episode' ? 'Video' : 'Unknown';
  return dto;
}

/** What `user` did with `item`, as Jellyfin writes it on lists and after every change. */
export function jellyfinUserData(
  context: DtoContext,
  item: Item,
  itemCount: unknown = undefined,
): Dto | undefined {
  const { state, user } = context;
  if (!user) return undefined;
  const own = playStateOf(state, user, item);
  const dto: Dto = {};
  let played = own.played;
  if (item.kind === 'Series' || item.kind === 'Season') {
    const unplayed = unplayedCount(state, user, item.episodes);
    dto.UnplayedItemCount = unplayed;
    if (typeof itemCount === 'number' && itemCount > 0)
      dto.PlayedPercentage = 100 - (unplayed / itemCount) * 100;
    played = isPlayed(state, user, item);
  }
  const runtime = item.kind === 'Episode' ? ticks(item.runtimeSeconds) : undefined;
  if (runtime && own.positionTicks > 0 && own.positionTicks < runtime) {
    dto.PlayedPercentage = (own.positionTicks / runtime) * 100;
  }
  return {
    ...dto,
    PlaybackPositionTicks: own.positionTicks,
    PlayCount: own.playCount,
    IsFavorite: own.isFavorite,
    ...(own.rating !== undefined && { Rating: own.rating, Likes: own.rating >= LEAST_LIKED }),
    ...(own.lastPlayed !== null && { LastPlayedDate: dotnetDate(own.lastPlayed) }),
    Played: played,
    Key: playKey(item),
    ItemId: state.profile.sharesPlayStates ? NO_ITEM : item.id,
  };
}

function ownFields(context: DtoContext, item: Item): Dto {
  switch (item.kind) {
    case 'Library':
      return libraryFields(item);
    case 'BoxSet':
      return boxSetFields(item);
    case 'Series':
      return seriesFields(context, item);
    case 'Season':
      return seasonFields(context, item);
    case 'Episode':
      return episodeFields(context, item);
  }
}

function libraryFields(library: Library): Dto {
  return { Type: 'CollectionFolder', IsFolder: true, CollectionType: library.collectionType ?? undefined };
}

function boxSetFields(boxSet: BoxSet): Dto {
  return { Type: 'BoxSet', IsFolder: true, PremiereDate: dotnetDate(boxSet.addedAt) };
}

function seriesFields(context: DtoContext, series: Series): Dto {
  const asked = (field: string, fields: Dto) => (isAsked(context, field) ? fields : {});
  return {
    PremiereDate: dotnetDay(series.airDay),
    OfficialRating: series.officialRating ?? undefined,
    CommunityRating: series.rating ?? undefined,
    RunTimeTicks: ticks(series.runtimeSeconds),
    ProductionYear: series.year ?? undefined,
    IsFolder: true,
    Type: 'Series',
    Status: series.status ?? undefined,
    AirDays: [],
    EndDate: dotnetDay(series.endDay),
    ...asked('Overview', { Overview: series.overview ?? undefined }),
    ...asked('Genres', {
      Genres: series.genres,
      GenreItems: series.genres.map((name) => ({ Name: name, Id: guid(`genre/${name}`) })),
    }),
    ...asked('Tags', { Tags: series.tags }),
    ...asked('Studios', {
      Studios: series.studios.map((name) => ({ Name: name, Id: guid(`studio/${name}`) })),
    }),
    ...asked('ProviderIds', { ProviderIds: series.providerIds }),
    ...asked('ParentId', { ParentId: series.library.id }),
    ...asked('ChildCount', { ChildCount: series.seasons.length }),
    ...asked('RecursiveItemCount', { RecursiveItemCount: series.episodes.length }),
    ...asked('DateLastMediaAdded', { DateLastMediaAdded: dotnetDate(lastAdded(series)) }),
  };
}

function lastAdded(series: Series): number {
  return series.episodes.reduce((last, one) => Math.max(last, one.addedAt), series.addedAt);
}

function seasonFields(context: DtoContext, season: Season): Dto {
  const count = season.episodes.length;
  return {
    PremiereDate: dotnetDay(season.episodes[0]?.airDay ?? null),
    IndexNumber: season.number,
    IsFolder: true,
    Type: 'Season',
    SeriesName: season.series.name,
    SeriesId: season.series.id,
    SeriesPrimaryImageTag: season.series.imageTag,
    ...(isAsked(context, 'ProviderIds') && { ProviderIds: {} }),
    ...(isAsked(context, 'ParentId') && { ParentId: season.series.id }),
    ...(isAsked(context, 'ChildCount') && { ChildCount: count }),
    ...(isAsked(context, 'RecursiveItemCount') && { RecursiveItemCount: count }),
  };
}

function episodeFields(context: DtoContext, episode: Episode): Dto {
  return {
    PremiereDate: dotnetDay(episode.airDay),
    OfficialRating: episode.series.officialRating ?? undefined,
    RunTimeTicks: ticks(episode.runtimeSeconds),
    IndexNumber: episode.number ?? undefined,
    IndexNumberEnd: episode.numberEnd ?? undefined,
    ParentIndexNumber: episode.season.number,
    IsFolder: false,
    Type: 'Episode',
    SeriesName: episode.series.name,
    SeriesId: episode.series.id,
    SeasonId: episode.season.id,
    SeasonName: itemName(episode.season),
    SeriesPrimaryImageTag: episode.series.imageTag,
    VideoType: 'VideoFile',
    ...(isAsked(context, 'Overview') && { Overview: episode.overview ?? undefined }),
    ...(isAsked(context, 'ProviderIds') && { ProviderIds: {} }),
    ...(isAsked(context, 'ParentId') && { ParentId: episode.season.id }),
  };
}
