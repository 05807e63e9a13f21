/** Counts of a sync; they grow as it goes, so that a pass that breaks off still counts for what it did. */
export interface SyncCounts extends Record<string, number> {
  libraries: number;
  seriesSeen: number;
  seriesAdded: number;
  seriesUpdated: number;
  seriesRemoved: number;
  episodesSeen: number;
  episodesAdded: number;
  episodesUpdated: number;
  episodesRemoved: number;
  skipped: number;
}

/** Counts of a sync that has yet to begin. */
export function noCounts(): SyncCounts {
  return {
    libraries: 0,
    seriesSeen: 0,
    seriesAdded: 0,
    seriesUpdated: 0,
    seriesRemoved: 0,
    episodesSeen: 0,
    episodesAdded: 0,
    episodesUpdated: 0,
    episodesRemoved: 0,
    skipped: 0,
  };
}
