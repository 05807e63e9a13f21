import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ShowrunnerError } from '../platform/errors.ts';
import type { PlannedFile } from './plan-library.ts';
import { isSafePath } from './sanitize-name.ts';

/** Name of the file, in the library's folder, that lists what Showrunner owns there; servers skip hidden files. */
export const MANIFEST_NAME = '.showrunner-manifest.json';

const manifestEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), sha256: z.string(), size: z.number() }),
  z.object({ kind: z.literal('link'), target: z.string() }),
]);

const manifestFile = z.object({
  version: z.literal(1),
  pending: z.enum(['files', 'scan', 'marks', 'nothing']),
  files: z.array(z.tuple([z.string().refine(isSafePath), manifestEntry])),
});

/** One owned file: a text file by its content's hash and size in bytes, or a link by its target. */
export type ManifestEntry = z.infer<typeof manifestEntry>;

/**
 * What is still to be done for a library, so that a run after a kill goes on there: its files are half written, the
 * media server has not been asked to scan, placeholders are not all marked as watched, or nothing.
 */
export type Pending = z.infer<typeof manifestFile>['pending'];

/** What Showrunner owns in a library's folder, by path relative to it. */
export interface Manifest {
  readonly pending: Pending;
  readonly files: ReadonlyMap<string, ManifestEntry>;
}

/** The manifest of a folder that has none. */
export const EMPTY_MANIFEST: Manifest = { pending: 'nothing', files: new Map() };

/** How the manifest remembers a planned file. */
export function manifestEntryOf(planned: PlannedFile): ManifestEntry {
  if ('linkTarget' in planned) return { kind: 'link', target: planned.linkTarget };
  const bytes = Buffer.from(planned.content);
  return { kind: 'file', sha256: sha256(bytes), size: bytes.length };
}

/** SHA-256 of `bytes` in hexadecimal. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The text of a manifest file: one line for each path, sorted. */
export function formatManifest(manifest: Manifest): string {
  const paths = [...manifest.files.keys()].sort();
  const lines = paths.map((path) => JSON.stringify([path, manifest.files.get(path)]));
  return `{"version":1,"pending":"${manifest.pending}","files":[\n${lines.join(',\n')}\n]}\n`;
}

/**
 * Reads a manifest file's text.
 *
 * @throws ShowrunnerError `LIBRARY_WRITE_FAILED` when it is not a manifest: nothing is then known to be ours
 */
export function parseManifest(text: string, path: string): Manifest {
  const parsed = manifestFile.safeParse(parseJson(text));
  if (parsed.success) return { pending: parsed.data.pending, files: new Map(parsed.data.files) };
  throw new ShowrunnerError('LIBRARY_WRITE_FAILED', `${path} is damaged.`, {
    remedy: 'Move the folder that holds it away, then run the job again: the library is written anew.',
    cause: parsed.error,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
