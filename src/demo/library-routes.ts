import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { Dto } from './dto-values.ts';
import { type Answer, json, noContent, Refusal } from './http.ts';
import type { Library } from './items.ts';
import { addLibrary, type LibraryInput, refreshAll, refreshLibrary } from './libraries.ts';
import { type MediaState, removeLibrary } from './media-state.ts';
import { itemOf } from './request-user.ts';
import type { Call, Routes } from './router.ts';
import { inBackground } from './system-routes.ts';

const COLLECTION_TYPES = new Set(
  'movies tvshows music musicvideos homevideos boxsets books mixed'.split(' '),
);
const optionsSchema = z.looseObject({ PathInfos: z.array(z.object({ Path: z.string() })).default([]) });

const jellyfinFolderSchema = z.object({ LibraryOptions: optionsSchema.nullish() }).nullable();

/** Libraries in the forms that both dialects have. */
export const libraryRoutes: Routes = {
  'POST /Library/VirtualFolders/LibraryOptions': { access: 'admin', handle: setOptions },
  'POST /Items/{itemId}/Refresh': {
    access: 'admin',
    handle: (call) => {
      const item = itemOf(call, null);
      const series = item.kind === 'Season' || item.kind === 'Episode' ? item.series : item;
      const library = series.kind === 'Series' ? series.library : series;
      if (library.kind === 'Library') inBackground(call.state, refreshLibrary(call.state, library));
      return noContent();
    },
  },
  'POST /Library/Media/Updated': { access: 'admin', handle: mediaUpdated },
};

/** Jellyfin: query parameters and options in the body, an array as the answer, a refresh that is waited for. */
export const jellyfinLibraryRoutes: Routes = {
  'GET /Library/VirtualFolders': {
    access: 'admin',
    handle: ({ state }) => json(state.libraries.map((library) => jellyfinFolder(library))),
  },
  'POST /Library/VirtualFolders': {
    access: 'admin',
    handle: ({ state, query, body }) => {
      const type = query.text('collectionType');
      if (type !== null && !COLLECTION_TYPES.has(type.toLowerCase())) {
        throw new Refusal(400, `The value '${type}' is not valid.`, 'collectionType');
      }
      const parsed = jellyfinFolderSchema.safeParse(body);
      if (!parsed.success) throw new Refusal(400, 'The JSON value could not be converted.', '$');
      const options = parsed.data?.LibraryOptions ?? { PathInfos: [] };
      const paths = query.list('paths');
      const locations = paths.length > 0 ? paths : options.PathInfos.map((info) => info.Path);
      const input = { name: query.text('name') ?? '', collectionType: type, locations, options };
      return create(state, input, query.flag('refreshLibrary') ?? false);
    },
  },
  'DELETE /Library/VirtualFolders': {
    access: 'admin',
    handle: ({ state, query }) => remove(state, (library) => library.name === query.text('name')),
  },
  'POST /Library/Refresh': {
    access: 'admin',
    handle: async ({ state }) => {
      await refreshAll(state);
      return noContent();
    },
  },
};

const embyFolderSchema = z.object({
  Name: z.string(),
  CollectionType: z.string().nullish(),
  Paths: z.array(z.string()).default([]),
  LibraryOptions: optionsSchema.default({ PathInfos: [] }),
  RefreshLibrary: z.boolean().default(false),
});

/** Emby: one JSON body, a paged answer, a refresh that goes on by itself. */
export const embyLibraryRoutes: Routes = {
  'GET /Library/VirtualFolders/Query': {
    access: 'admin',
    handle: ({ state, query }) => {
      const start = query.integer('startIndex') ?? 0;
      const limit = query.integer('limit') ?? state.libraries.length;
      return json({
        Items: state.libraries.slice(start, start + limit).map((library) => embyFolder(library)),
        TotalRecordCount: state.libraries.length,
      });
    },
  },
  'POST /Library/VirtualFolders': {
    access: 'admin',
    handle: ({ state, body }) => {
      const parsed = embyFolderSchema.safeParse(body);
      if (!parsed.success) throw new Refusal(400, "Value cannot be null. (Parameter 'name')");
      const { Name, CollectionType, Paths, LibraryOptions, RefreshLibrary } = parsed.data;
      const locations = Paths.length > 0 ? Paths : LibraryOptions.PathInfos.map((info) => info.Path);
      const input = {
        name: Name,
        collectionType: CollectionType ?? null,
        locations,
        options: LibraryOptions,
      };
      return create(state, input, RefreshLibrary);
    },
  },
  'DELETE /Library/VirtualFolders': {
    access: 'admin',
    handle: ({ state, query }) =>
      remove(state, (library) => library.name === query.text('name') || library.id === query.text('id')),
  },
  'POST /Library/VirtualFolders/Delete': {
    access: 'admin',
    handle: ({ state, body }) => {
      const id = z.object({ Id: z.string() }).safeParse(body).data?.Id;
      return remove(state, (library) => library.id === id);
    },
  },
  'POST /Library/Refresh': {
    access: 'admin',
    handle: ({ state }) => {
      inBackground(state, refreshAll(state));
      return noContent();
    },
  },
};

/** Jellyfin makes an item of the new library, with an id, only when it is told to refresh. */
async function create(state: MediaState, input: LibraryInput, refresh: boolean): Promise<Answer> {
  if (input.name.trim() === '') throw new Refusal(400, "Value cannot be null. (Parameter 'name')");
  for (const path of input.locations) {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) throw new Refusal(400, `The specified path does not exist: ${path}.`);
  }
  addLibrary(state, input, refresh || state.profile.dialect === 'emby');
  if (refresh) inBackground(state, refreshAll(state));
  return noContent();
}

function remove(state: MediaState, isMeant: (library: Library) => boolean): Answer {
  const library = state.libraries.find(isMeant);
  if (!library)
    throw new Refusal(state.profile.dialect === 'jellyfin' ? 400 : 404, 'The media folder does not exist.');
  removeLibrary(state, library);
  state.onChange();
  return noContent();
}

function setOptions({ state, body }: Call): Answer {
  const parsed = z.object({ Id: z.string(), LibraryOptions: optionsSchema }).safeParse(body);
  const library = parsed.success && state.libraries.find((one) => one.isListed && one.id === parsed.data.Id);
  if (!library) throw new Refusal(404, 'Library not found.');
  library.options = parsed.data.LibraryOptions;
  state.contentVersion++;
  state.onChange();
  return noContent();
}

function mediaUpdated({ state, body }: Call): Answer {
  const parsed = z.object({ Updates: z.array(z.object({ Path: z.string() })) }).safeParse(body);
  if (!parsed.success) throw new Refusal(400, 'The Updates field is required.', 'Updates');
  for (const library of state.libraries) {
    const isTouched = parsed.data.Updates.some(({ Path }) =>
      library.locations.some((location) => Path === location || Path.startsWith(`${location}/`)),
    );
    if (isTouched) inBackground(state, refreshLibrary(state, library));
  }
  return noContent();
}

function jellyfinFolder(library: Library): Dto {
  const common = {
    Name: library.name,
    Locations: library.locations,
    ...(library.collectionType !== null && { CollectionType: library.collectionType }),
  };
  if (!library.isListed) return common;
  return {
    ...common,
    LibraryOptions: withPaths(library),
    ItemId: library.id,
    ...(library.scanProgress !== null && { RefreshProgress: library.scanProgress }),
    RefreshStatus: library.scanProgress === null ? 'Idle' : 'Active',
  };
}

function embyFolder(library: Library): Dto {
  return {
    Name: library.name,
    Locations: library.locations,
    ...(library.collectionType !== null && { CollectionType: library.collectionType }),
    LibraryOptions: withPaths(library),
    ItemId: library.id,
    Id: library.id,
    Guid: library.guid,
    ...(library.scanProgress !== null && { RefreshProgress: library.scanProgress }),
    RefreshStatus: library.scanProgress === null ? 'Idle' : 'Active',
  };
}

function withPaths(library: Library): Dto {
  return { ...library.options, PathInfos: library.locations.map((path) => ({ Path: path })) };
}
