import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { createPage, type Page } from './page.ts';

/** Kinds of files that are served; others in the folder are not. */
const CONTENT_TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.woff2', 'font/woff2'],
]);

/** Only what comes from here: no inline scripts, no other hosts. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Reads the folder's files into memory, by the URL path under which each is served; `index.html` is also served as its
 * folder. As requests never touch the file system, no path can lead out of the folder.
 */
export async function readPageFolder(folder: string): Promise<ReadonlyMap<string, Page>> {
  const pages = new Map<string, Page>();
  for (const name of await readdir(folder, { recursive: true })) {
    const contentType = CONTENT_TYPES.get(extname(name));
    if (!contentType || name.split(sep).some((part) => part.startsWith('.'))) continue;
    const page = createPage({ body: await readFile(join(folder, name)), contentType, policy: POLICY });
    const path = `/${name.split(sep).join('/')}`;
    pages.set(path, page);
    if (path.endsWith('/index.html')) pages.set(path.slice(0, -'index.html'.length), page);
  }
  return pages;
}
