import { z } from 'zod';
import { foreign, readName, readPath, readRecord } from './foreign-values.ts';
import type { Dialect, MediaLibrary, ServerInfo } from './media-server.ts';

const InfoShape = z.object({
  Id: foreign.id,
  ServerName: foreign.name,
  Version: foreign.name,
  ProductName: foreign.name,
});

const LibraryShape = z.object({
  Name: foreign.name,
  CollectionType: foreign.name,
  Locations: z.array(z.unknown()).catch([]),
  ItemId: foreign.id,
  Id: foreign.id,
  Guid: foreign.id,
  LibraryOptions: z.record(z.string(), z.unknown()).nullable().catch(null),
  RefreshStatus: foreign.name,
});

const ListShape = z.union([
  z.array(z.unknown()),
  z.object({ Items: z.array(z.unknown()), TotalRecordCount: foreign.count }),
]);

/** The rows of a list, and how many the server says there are in all (0 or null where it does not count). */
export interface RawList {
  readonly items: readonly unknown[];
  readonly total: number | null;
}

/** A library with every id under which the server's other answers may name it. */
export interface NamedLibrary {
  readonly library: MediaLibrary;
  readonly aliases: readonly string[];
  /** The id by which policies name it. */
  readonly folderId: string;
  readonly options: Readonly<Record<string, unknown>> | null;
  readonly isScanning: boolean;
}

/** Collection types that mean: no type. */
const UNTYPED = new Set(['mixed', 'unknown', 'collectionfolder', 'folders']);

/** Reads what a server says of itself; null when it is not a Jellyfin or Emby server that speaks. */
export function parseServerInfo(raw: unknown): ServerInfo | null {
  const { data } = InfoShape.safeParse(raw);
  if (!data || data.Id === null || data.Version === null) return null;
  return {
    dialect: dialectOf(data.ProductName),
    id: data.Id,
    name: data.ServerName ?? data.Id,
    version: data.Version,
  };
}

/** Jellyfin names its product, Emby does not. */
function dialectOf(productName: string | null): Dialect {
  return productName?.toLowerCase().startsWith('jellyfin') ? 'jellyfin' : 'emby';
}

/** Reads a list in either of the two forms in which the servers give lists; null for anything else. */
export function parseList(raw: unknown): RawList | null {
  const { data } = ListShape.safeParse(raw);
  if (!data) return null;
  return Array.isArray(data)
    ? { items: data, total: data.length }
    : { items: data.Items, total: data.TotalRecordCount };
}

/** Reads a library; null without a name or an item id (a new one has none until the server has looked at it). */
export function parseLibrary(raw: unknown): NamedLibrary | null {
  const { data } = LibraryShape.safeParse(raw);
  const id = data?.ItemId ?? data?.Id ?? null;
  if (!data || id === null || data.Name === null) return null;
  const type = data.CollectionType?.toLowerCase() ?? null;
  return {
    library: {
      id,
      name: data.Name,
      collectionType: type === null || UNTYPED.has(type) ? null : type,
      locations: data.Locations.map(readPath).filter((path) => path !== null),
    },
    aliases: [data.ItemId, data.Id, data.Guid].filter((alias) => alias !== null),
    // Emby's policies go by a Guid that it also tells; Jellyfin's item id is one.
    folderId: data.Guid ?? id,
    options: data.LibraryOptions,
    isScanning: data.RefreshStatus !== null && data.RefreshStatus.toLowerCase() !== 'idle',
  };
}

/** Whether this is a library that the server has not yet given an id (Jellyfin, until it has looked at the folder). */
export function isNewLibrary(raw: unknown): boolean {
  const library = readRecord(raw);
  const isNone = (id: unknown) =>
    id === undefined || id === null || (typeof id === 'string' && /^[0-]*$/.test(id));
  return library !== null && readName(library.Name) !== null && isNone(library.ItemId) && isNone(library.Id);
}
