import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/**
 * The Chromium to test with: `CHROMIUM_PATH`, else one on the search path; null when there is none.
 *
 * @throws Error when there is none but `CI=true` and `REQUIRE_BROWSER=1` say that there must be
 */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | null {
  const folders = (environment.PATH ?? '').split(delimiter);
  const candidates = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const given = environment.CHROMIUM_PATH;
  const found = (given ? [given] : candidates).find(isExecutable) ?? null;
  if (found === null && environment.CI === 'true' && environment.REQUIRE_BROWSER === '1')
    throw new Error('There is no Chromium. Install one, or name it in CHROMIUM_PATH.');
  return found;
}

/** Starts it without a window. As root, which is usual in containers, Chromium has no sandbox. */
export function startChromium(path: string): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath: path, args: isRoot ? ['--no-sandbox'] : [] });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
