/** Query parameters of one kind of list. */
export type ItemQuery = Readonly<Record<string, string>>;

/**
 * What every list needs on either server (each ignores the other's names): box sets must not swallow their series, missing
 * episodes must stay out (each server and version has a name of its own for that), and the order must hold while items
 * are added, which end up last.
 */
const EVERY_LIST = {
  Recursive: 'true',
  SortBy: 'DateCreated,SortName',
  SortOrder: 'Ascending',
  EnableTotalRecordCount: 'false',
  CollapseBoxSetItems: 'false',
  GroupItemsIntoCollections: 'false',
  ExcludeLocationTypes: 'Virtual',
  LocationTypes: 'FileSystem,Remote,Offline',
  IsMissing: 'false',
} as const;

/**
 * Series with all that describes them; people and streams are left out, they multiply the cost. The last four fields tell
 * whether something below a series changed: `DateLastMediaAdded` is Jellyfin's alone, the counts are on both.
 */
export const SERIES_QUERY: ItemQuery = {
  ...EVERY_LIST,
  IncludeItemTypes: 'Series',
  Fields:
    'Path,ProviderIds,Genres,Overview,Studios,Tags,Status,ProductionYear,PremiereDate,EndDate,CommunityRating,OfficialRating,OriginalTitle,SortName,DateCreated,Etag,DateLastMediaAdded,RecursiveItemCount,ChildCount',
  EnableUserData: 'false',
  ImageTypeLimit: '1',
  EnableImageTypes: 'Primary,Backdrop',
};

/** Seasons, for their names and descriptions. */
export const SEASONS_QUERY: ItemQuery = {
  ...EVERY_LIST,
  IncludeItemTypes: 'Season',
  Fields: 'Overview,PremiereDate',
  EnableUserData: 'false',
  EnableImages: 'false',
};

/** Episodes with their places, dates and files. */
export const EPISODES_QUERY: ItemQuery = {
  ...EVERY_LIST,
  IncludeItemTypes: 'Episode',
  Fields: 'Path,Overview,PremiereDate,DateCreated',
  EnableUserData: 'false',
  EnableImages: 'false',
};

/** Episodes with one user's data; Emby leaves play count and date out of lists unless they are asked for by name. */
const PLAY_STATES = {
  ...EVERY_LIST,
  IncludeItemTypes: 'Episode',
  Fields: 'UserDataPlayCount,UserDataLastPlayedDate',
  EnableUserData: 'true',
  EnableImages: 'false',
} as const;

/** Episodes that a user has begun and not finished. */
export const BEGUN_QUERY: ItemQuery = { ...PLAY_STATES, Filters: 'IsResumable' };

/**
 * The lists that together hold every episode a user has played or begun. Begun ones first: an episode that is finished
 * between the two is then in both, in the other order it would be in neither.
 */
export const PLAY_STATE_QUERIES: readonly ItemQuery[] = [
  BEGUN_QUERY,
  { ...PLAY_STATES, Filters: 'IsPlayed' },
];

/** Episodes that a user has played, the last one first, and how many there are. */
export const PLAYED_QUERY: ItemQuery = {
  ...PLAY_STATES,
  Filters: 'IsPlayed',
  SortBy: 'DatePlayed,SortName',
  SortOrder: 'Descending',
  EnableTotalRecordCount: 'true',
};

/** Episodes asked for by their ids, whatever the user did with them. */
export const EPISODE_STATES_QUERY: ItemQuery = PLAY_STATES;

/** Series that a user marked or rated: those rated count as liked or disliked. Together they hold every opinion. */
export const OPINION_QUERIES: readonly ItemQuery[] = ['IsFavorite', 'Likes', 'Dislikes'].map((filter) => ({
  ...PLAY_STATES,
  IncludeItemTypes: 'Series',
  Filters: filter,
}));

/** Series asked for by their ids, for the number of episodes a user has not played. */
export const UNPLAYED_QUERY: ItemQuery = { ...PLAY_STATES, IncludeItemTypes: 'Series' };

/** What a library holds of one kind, counted: the first item and how many there are. */
export function countQuery(kind: 'Series' | 'Episode'): ItemQuery {
  return {
    ...EVERY_LIST,
    IncludeItemTypes: kind,
    EnableUserData: 'false',
    EnableImages: 'false',
    EnableTotalRecordCount: 'true',
    StartIndex: '0',
    Limit: '1',
  };
}
