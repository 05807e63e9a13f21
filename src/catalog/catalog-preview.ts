import type { MediaLibrary } from '../media-server/media-server.ts';
import type { Progress, VerbContext } from '../platform/context.ts';
import type { CatalogStore, OwnRoot } from './catalog-store.ts';
import { allLibraries, type Library } from './libraries.repo.ts';
import type { LibraryStore } from './library-store.ts';
import { isOwnLibrary } from './own-library.ts';
import { previewEpisodes } from './preview-episodes.ts';
import { countFiles, previewRemoval, previewRemovalOfAll, type RemovalPreview } from './preview-removal.ts';
import { previewSeries } from './preview-series.ts';
import { loadPreviewWorld } from './preview-world.repo.ts';
import { copiesIn, type PreviewWorld } from './preview-world.ts';

/** Lines of each kind that a dry run logs at most. */
const MAX_LINES = 50;

/**
 * The catalog as a dry run writes it: read into memory and changed there, so that the counts come out as those of the
 * real run and no statement writes. What would happen to series is logged by name, at most 50 lines of each kind.
 */
export async function createCatalogPreview(
  context: VerbContext & OwnRoot,
  force: boolean,
): Promise<CatalogStore> {
  const world = await loadPreviewWorld(context.db, context.signal);
  const tell = teller(context.progress);
  const told = ({ series, episodes }: RemovalPreview) => {
    tell('Would mark removed', series);
    return { series: series.length, episodes };
  };
  return {
    saveLibraries: async (listed) => withListed(await allLibraries(context.db), listed, context),
    open: (library) => openPreview(world, library, force, tell, told),
    removeAllOf: async (library, allowLargeRemoval) =>
      told(previewRemovalOfAll(world, library, allowLargeRemoval)),
  };
}

type Tell = (what: string, names: readonly string[]) => void;

function openPreview(
  world: PreviewWorld,
  library: Library,
  force: boolean,
  tell: Tell,
  told: (removal: RemovalPreview) => { series: number; episodes: number },
): LibraryStore {
  return {
    listVersions: async () =>
      new Map(
        copiesIn(world, library.id)
          .filter((copy) => !copy.removed)
          .map((copy) => [copy.itemId, copy.listVersion]),
      ),
    countFiles: async () => countFiles(world, library.id),
    saveSeries: async (rows) => {
      const { added, updated, merged } = previewSeries(world, library.id, rows, force);
      tell('Would merge with another series', merged);
      tell('Would add', added);
      tell('Would change', updated);
      return { added: added.length, updated: updated.length };
    },
    saveEpisodes: async (rows) => previewEpisodes(world, library.id, rows, force),
    saveSeasons: async () => {},
    completeEpisodes: async () => {},
    completeSeasons: async () => {},
    removeUnseen: async (seen, allowLargeRemoval) =>
      told(previewRemoval(world, library, seen, allowLargeRemoval)),
    completePass: async (seen) => {
      for (const copy of copiesIn(world, library.id)) {
        const listVersion = seen.read.get(copy.itemId);
        if (listVersion !== undefined) world.copies.set(copy.id, { ...copy, listVersion });
      }
    },
  };
}

/** The libraries as they would be; one that is not stored yet has a negative id. */
function withListed(
  stored: readonly Library[],
  listed: readonly MediaLibrary[],
  context: VerbContext & OwnRoot,
): Library[] {
  const now = context.now();
  const byId = new Map(listed.map((library) => [library.id, library]));
  const known = stored.map((library): Library => {
    const one = byId.get(library.providerId);
    if (!one) return { ...library, removedAt: library.removedAt ?? now };
    const { name, collectionType } = one;
    const isVirtual = library.isVirtual || isOwnLibrary(one, context.ownRoot);
    return { ...library, name, collectionType, locations: [...one.locations], isVirtual, removedAt: null };
  });
  const isStored = new Set(stored.map((library) => library.providerId));
  const added = listed
    .filter((library) => !isStored.has(library.id))
    .map(
      (library, index): Library => ({
        id: -1 - index,
        providerId: library.id,
        name: library.name,
        collectionType: library.collectionType,
        locations: [...library.locations],
        enabled: true,
        isVirtual: isOwnLibrary(library, context.ownRoot),
        lastCompleteSyncAt: null,
        listedAs: null,
        removedAt: null,
        createdAt: now,
      }),
    );
  return [...known, ...added];
}

function teller(progress: Progress): Tell {
  const lines = new Map<string, number>();
  return (what, names) => {
    for (const name of names) {
      const line = (lines.get(what) ?? 0) + 1;
      lines.set(what, line);
      if (line <= MAX_LINES) progress.log('info', `${what}: ${name}`);
      if (line === MAX_LINES + 1) progress.log('info', `${what}: more series, which are only counted.`);
    }
  };
}
