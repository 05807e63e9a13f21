import type { VerbContext } from '../platform/context.ts';
import type { EpisodeRow } from './episode-rows.ts';
import { hasFiles, retireFormerEpisodes, saveEpisodes } from './episodes-upsert.repo.ts';
import { type Library, markLibraryComplete } from './libraries.repo.ts';
import { countFiles, listVersions, saveListVersions } from './list-versions.repo.ts';
import { type Removed, removeUnseen } from './remove-unseen.ts';
import { saveSeriesPage } from './save-series-page.ts';
import type { SeasonRow } from './season-row.ts';
import { addUnlistedSeasons, saveSeasons } from './seasons-upsert.repo.ts';
import type { Seen } from './seen.ts';
import type { SeriesRow } from './series-row.ts';
import { refreshCatalogStatistics } from './statistics.repo.ts';

const BATCH = 1_000;

/** How many rows were new and how many had changed. */
interface Saved {
  readonly added: number;
  readonly updated: number;
}

/** One library of the catalog, as a sync writes it: the database, or what a dry run keeps in its place. */
export interface LibraryStore {
  /** How each series was listed when its episodes were last read. */
  listVersions(): Promise<ReadonlyMap<string, string | null>>;
  countFiles(): Promise<number>;
  saveSeries(rows: readonly SeriesRow[]): Promise<Saved>;
  /** `unknown` counts rows of series that were never saved. */
  saveEpisodes(rows: readonly EpisodeRow[]): Promise<Saved & { readonly unknown: number }>;
  saveSeasons(rows: readonly SeasonRow[]): Promise<void>;
  /** Told between a pass's episodes and its seasons. */
  completeEpisodes(added: number): Promise<void>;
  /** Told once all seasons of a pass are saved. */
  completeSeasons(seen: Seen): Promise<void>;
  /** @throws ShowrunnerError `LARGE_REMOVAL`, with nothing marked, when too much would go */
  removeUnseen(seen: Seen, allowLargeRemoval: boolean): Promise<Removed>;
  /** Told at the very end of a pass: what it read need not be read again. */
  completePass(seen: Seen, listedAs: string): Promise<void>;
}

/** The catalog in the database. Each page is one transaction. */
export function createLibraryStore(context: VerbContext, library: Library, force: boolean): LibraryStore {
  const { db, now, progress } = context;
  let isKnown: boolean | undefined;
  const options = () => ({ libraryId: library.id, now: now(), force });
  return {
    listVersions: () => listVersions(db, library.id),
    countFiles: () => countFiles(db, library.id),
    saveSeries: async (rows) => {
      const saved = await db.transaction((tx) => saveSeriesPage(tx, rows, options()));
      for (const { name, gone, kept } of saved.merged)
        progress.log('info', `Merged two series that share their ids now: ${name}`, { gone, kept });
      return saved;
    },
    saveEpisodes: (rows) =>
      db.transaction(async (tx) => {
        isKnown ??= await hasFiles(tx, library.id);
        if (isKnown) await retireFormerEpisodes(tx, rows, options());
        return saveEpisodes(tx, rows, options());
      }),
    saveSeasons: (rows) => db.transaction((tx) => saveSeasons(tx, rows, options())),
    completeEpisodes: (added) => db.transaction((tx) => refreshCatalogStatistics(tx, added)),
    completeSeasons: (seen) =>
      db.transaction((tx) =>
        addUnlistedSeasons(tx, library.id, seen.isWhole ? undefined : [...seen.read.keys()]),
      ),
    removeUnseen: (seen, allowLargeRemoval) => removeUnseen(context, library, seen, allowLargeRemoval),
    completePass: (seen, listedAs) =>
      db.transaction(async (tx) => {
        const versions = [...seen.read].map(([itemId, version]) => ({ itemId, version }));
        for (let at = 0; at < versions.length; at += BATCH)
          await saveListVersions(tx, library.id, versions.slice(at, at + BATCH));
        if (seen.isWhole) await markLibraryComplete(tx, library.id, listedAs, now());
      }),
  };
}
