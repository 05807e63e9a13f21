/** One folder as the media server and as Showrunner see it. */
export interface PathMapping {
  readonly server: string;
  readonly local: string;
}

const DRIVE = /^[a-z]:([\\/]|$)/i;

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

/** Whether two paths name the same folder or file, as far as text can tell. */
export function isSamePath(left: string, right: string): boolean {
  return comparable(left) === comparable(right);
}

function longestPrefix(
  path: string,
  mappings: readonly PathMapping[],
  sideOf: (mapping: PathMapping) => string,
): { mapping: PathMapping; rest: string } | undefined {
  const whole = comparable(path);
  let best: { mapping: PathMapping; length: number } | undefined;
  for (const mapping of mappings) {
    const prefix = comparable(sideOf(mapping));
    const fits = whole === prefix || whole.startsWith(`${prefix}/`);
    if (fits && (!best || prefix.length > best.length)) best = { mapping, length: prefix.length };
  }
  if (!best) return undefined;
  return { mapping: best.mapping, rest: withSlashes(path).slice(best.length + 1) };
}

function joinPath(folder: string, rest: string): string {
  const windows = isWindows(folder) && !folder.includes('/');
  const separator = windows ? '\\' : '/';
  const start = folder.replace(/[\\/]+$/, '');
  if (rest === '') return start === '' ? '/' : start;
  return start + separator + (windows ? rest.replaceAll('/', '\\') : rest);
}

/** Same length as `withSlashes(path)`, so that a prefix's length holds for the path as written. */
function comparable(path: string): string {
  const slashed = withSlashes(path);
  return isWindows(path) ? slashed.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : slashed;
}

/** A backslash separates only in Windows paths: elsewhere it is a letter like any other. */
function withSlashes(path: string): string {
  const slashed = isWindows(path) ? path.replaceAll('\\', '/') : path;
  return slashed.replace(/\/+$/, '');
}

function isWindows(path: string): boolean {
  return DRIVE.test(path) || path.startsWith('\\\\');
}
