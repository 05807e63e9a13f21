import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const FOLDERS = ['src', 'schema', 'drizzle', 'client-examples'];

// A checker that reads no files finds no faults: count what it should have seen.
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...FOLDERS], {
  encoding: 'utf8',
})
  .split('\n')
  .filter(
    (file) =>
      file.endsWith('.ts') && existsSync(file) && !/^client-examples\/(generated|dashboard)\//.test(file),
  );

const options = await extractDepcruiseOptions('./.dependency-cruiser.cjs');
const { output } = await cruise(FOLDERS, options, undefined, { tsConfig: extractTSConfig('tsconfig.json') });
const seen = new Set(output.modules.map((module) => module.source));
const missed = tracked.filter((file) => !seen.has(file));
const edges = output.modules.reduce((sum, module) => sum + module.dependencies.length, 0);

for (const { rule, from, to } of output.summary.violations) console.error(`${rule.name}: ${from} -> ${to}`);
for (const file of missed) console.error(`not read: ${file}`);
if (edges < tracked.length) console.error(`only ${edges} imports were read in ${tracked.length} files`);
const isGood = output.summary.error === 0 && missed.length === 0 && edges >= tracked.length;
if (isGood) console.log(`${tracked.length} modules, ${edges} imports, every one of them allowed`);
process.exit(isGood ? 0 : 1);
