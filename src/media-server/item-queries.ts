/** Query parameters of one kind of list. */
export type ItemQuery = Readonly<Record<string, string>>;

/**
 * What every list needs on either server (each ignores the other's names): box sets must not swallow their series, missing
 * episodes must stay out, and the order must hold while items are added, which end up last.
 */
const EVERY_LIST = {
  Recursive: 'true',
  SortBy: 'DateCreated,SortName',
  SortOrder: 'Ascending',
  EnableTotalRecordCount: 'false',
  CollapseBoxSetItems: 'false',
  GroupItemsIntoCollections: 'false',
  ExcludeLocationTypes: 'Virtual',
  IsMissing: 'false',
} as const;

/** Series with all that describes them; people and streams are left out, they multiply the cost. */
export const SERIES_QUERY: ItemQuery = {
  ...EVERY_LIST,
  IncludeItemTypes: 'Series',
  Fields:
    'Path,ProviderIds,Genres,Overview,Studios,Tags,Status,ProductionYear,PremiereDate,EndDate,CommunityRating,OfficialRating,OriginalTitle,SortName,DateCreated',
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

/**
 * The lists that together hold every episode a user has played or begun. Begun ones first: an episode that is finished
 * between the two is then in both, in the other order it would be in neither.
 */
export const PLAY_STATE_QUERIES: readonly ItemQuery[] = [
  { ...PLAY_STATES, Filters: 'IsResumable' },
  { ...PLAY_STATES, Filters: 'IsPlayed' },
];
