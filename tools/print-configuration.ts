import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configurationPage } from '../src/platform/config-reference.ts';

/** Writes docs/configuration.md; with `--check` it only says, by exit code 1, that the page is out of date. */
const page = fileURLToPath(new URL('../docs/configuration.md', import.meta.url));
const wanted = configurationPage();

if (!process.argv.includes('--check')) {
  writeFileSync(page, wanted);
} else if (readFileSync(page, 'utf8') !== wanted) {
  console.error('docs/configuration.md is out of date: run `npx tsx tools/print-configuration.ts`.');
  process.exitCode = 1;
}
