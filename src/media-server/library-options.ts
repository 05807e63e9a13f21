/**
 * Options of a library that Showrunner owns: what its NFO files say is the truth, nothing is fetched, extracted or
 * written beside them, and the folder is scanned only when asked for. A superset for both servers: each ignores the
 * names it does not know.
 *
 * `EnableAutomaticSeriesGrouping` must be off, or Jellyfin merges our copies with the originals. Its
 * `EnableInternetProviders` alone does not stop fetchers, empty lists by type do.
 */
export function ownLibraryOptions(path: string): Readonly<Record<string, unknown>> {
  return {
    Enabled: true,
    ContentType: 'tvshows',
    PathInfos: [{ Path: path }],
    EnableRealtimeMonitor: false,
    EnableInternetProviders: false,
    EnableAutomaticSeriesGrouping: false,
    AutomaticRefreshIntervalDays: 0,
    ImportMissingEpisodes: false,
    EnablePhotos: false,
    EnableLUFSScan: false,
    EnableMarkerDetection: false,
    EnableMarkerDetectionDuringLibraryScan: false,
    EnableChapterImageExtraction: false,
    ExtractChapterImagesDuringLibraryScan: false,
    EnableTrickplayImageExtraction: false,
    ExtractTrickplayImagesDuringLibraryScan: false,
    DownloadImagesInAdvance: false,
    SaveLocalMetadata: false,
    MetadataSavers: [],
    LocalMetadataReaderOrder: ['Nfo'],
    TypeOptions: ['Series', 'Season', 'Episode'].map((type) => ({
      Type: type,
      MetadataFetchers: [],
      MetadataFetcherOrder: [],
      ImageFetchers: [],
      ImageFetcherOrder: [],
    })),
  };
}
