import { comparablePath, isWindowsPath, withSlashes } from '../media-server/server-path.ts';

/** One folder as the media server and as Showrunner see it. */
export interface PathMapping {
  readonly server: string;
  readonly local: string;
}

/**
 * The path on this machine of a path of the media server: the mapping with the longest fitting prefix wins, a path
 * that none fits comes back as it is. Drive letters and network shares match whatever their case and slashes.
 */
export function toLocalPath(path: string, mappings: readonly PathMapping[]): string {
  const fit = longestPrefix(path, mappings, (mapping) => mapping.server);
  return fit ? joinPath(fit.mapping.local, fit.rest) : path;
}

/** The reverse of `toLocalPath`; it answers in the slashes of the mapping's server side. */
export function toServerPath(path: string, mappings: readonly PathMapping[]): string {
  const fit = longestPrefix(path, mappings, (mapping) => mapping.local);
  return fit ? joinPath(fit.mapping.server, fit.rest) : path;
}

function longestPrefix(
  path: string,
  mappings: readonly PathMapping[],
  sideOf: (mapping: PathMapping) => string,
): { mapping: PathMapping; rest: string } | undefined {
  const whole = comparablePath(path);
  let best: { mapping: PathMapping; length: number } | undefined;
  for (const mapping of mappings) {
    const prefix = comparablePath(sideOf(mapping));
    const fits = whole === prefix || whole.startsWith(`${prefix}/`);
    if (fits && (!best || prefix.length > best.length)) best = { mapping, length: prefix.length };
  }
  if (!best) return undefined;
  return { mapping: best.mapping, rest: withSlashes(path).slice(best.length + 1) };
}

function joinPath(folder: string, rest: string): string {
  const windows = isWindowsPath(folder) && !folder.includes('/');
  const separator = windows ? '\\' : '/';
  const start = folder.replace(/[\\/]+$/, '');
  if (rest === '') return start === '' ? '/' : start;
  return start + separator + (windows ? rest.replaceAll('/', '\\') : rest);
}
