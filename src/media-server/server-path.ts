const DRIVE = /^[a-z]:([\\/]|$)/i;

/** Whether a path has a drive letter or is a network share: those match whatever their case and slashes. */
export function isWindowsPath(path: string): boolean {
  return DRIVE.test(path) || path.startsWith('\\\\');
}

/**
 * The path with `/` between its parts and none at its end. A backslash separates only in Windows paths: elsewhere it is
 * a letter like any other.
 */
export function withSlashes(path: string): string {
  const slashed = isWindowsPath(path) ? path.replaceAll('\\', '/') : path;
  return slashed.replace(/\/+$/, '');
}

/** The form in which paths are compared; as long as `withSlashes(path)`. */
export function comparablePath(path: string): string {
  const slashed = withSlashes(path);
  return isWindowsPath(path) ? slashed.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : slashed;
}

/** Whether two paths name the same folder or file, as far as text can tell. */
export function isSamePath(left: string, right: string): boolean {
  return comparablePath(left) === comparablePath(right);
}

/** Whether `path` is `folder` or lies in it, as far as text can tell. */
export function isWithin(path: string, folder: string): boolean {
  const [whole, start] = [comparablePath(path), comparablePath(folder)];
  return whole === start || whole.startsWith(`${start}/`);
}
