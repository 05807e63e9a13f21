import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ownLibraryOptions } from '../media-server/library-options.ts';

type Options = Readonly<Record<string, unknown>>;

/** What says nothing of drift: the folders are looked at on their own, the type is fixed when a library is made. */
const NOT_COMPARED = new Set(['PathInfos', 'ContentType', 'TypeOptions']);
const TYPE_OPTIONS = z.array(
  z.looseObject({
    Type: z.string(),
    MetadataFetchers: z.array(z.unknown()).nullish(),
    ImageFetchers: z.array(z.unknown()).nullish(),
  }),
);

/**
 * Names of the options of a library of ours that are not as they were set. An option that the server does not tell is
 * one that it does not know: it cannot drift.
 */
export function driftedOptions(actual: Options | null): readonly string[] {
  if (actual === null) return [];
  const drifted = Object.entries(ownLibraryOptions('')).flatMap(([name, value]) =>
    NOT_COMPARED.has(name) || !(name in actual) || isSame(actual[name], value) ? [] : [name],
  );
  return 'TypeOptions' in actual && fetches(actual.TypeOptions) ? [...drifted, 'TypeOptions'] : drifted;
}

/** The options with those that drifted set again; folders and everything unknown to us stay as they are. */
export function repairedOptions(actual: Options): Options {
  const { PathInfos, ...own } = ownLibraryOptions('');
  return { ...actual, ...own, PathInfos: actual.PathInfos ?? PathInfos };
}

function isSame(actual: unknown, wanted: unknown): boolean {
  return isDeepStrictEqual(actual ?? (Array.isArray(wanted) ? [] : actual), wanted);
}

/** Whether anything is fetched for series, seasons or episodes: a type without an entry has the server's defaults. */
function fetches(raw: unknown): boolean {
  const types = TYPE_OPTIONS.safeParse(raw).data ?? [];
  return ['Series', 'Season', 'Episode'].some((type) => {
    const entry = types.find((one) => one.Type === type);
    return !entry || (entry.MetadataFetchers ?? []).length + (entry.ImageFetchers ?? []).length > 0;
  });
}
