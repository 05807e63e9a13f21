/**
 * Trains the shipped scorer: `tsx bench/recommend/train.ts <data folder> [--held] [--output=<file>]`. The data folder is laid
 * out as `evaluate.ts` says; its dev half is used. Writes `src/recommendations/scorer-model.json`, or the file named. Scale and
 * base are fitted to a quarter of the viewers by a model that has seen none of them; with `--held` prints how well that model
 * ranks for them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reliability } from './calibrate.ts';
import { readDataset } from './dataset.ts';
import { calibrationOf, fitHalves, foldOf, modelOf, scoredLists } from './fit-model.ts';
import { measureDomains } from './measure-domain.ts';
import { type TrainingList, trainingLists } from './training-lists.ts';

const HELD_FOLD = 0;
const SHIPPED = fileURLToPath(new URL('../../src/recommendations/scorer-model.json', import.meta.url));
const OUTPUT = '--output=';

const [folder] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (!folder) throw new Error('usage: train.ts <data folder> [--held] [--output=<file>]');
const output = process.argv.find((argument) => argument.startsWith(OUTPUT))?.slice(OUTPUT.length) ?? SHIPPED;
const isHeld = (user: string) => foldOf(user) === HELD_FOLD;

const lists: TrainingList[] = [];
for (const domain of ['tv', 'anime'])
  lists.push(...(await trainingLists(readDataset(join(folder, domain), 'dev'), domain)));
console.log(`${lists.length} lists`);
const half = fitHalves(lists.filter((list) => !isHeld(list.user)));
const scored = scoredLists(
  half,
  lists.filter((list) => isHeld(list.user)),
);
const calibration = calibrationOf(scored);
for (const { said, was, titles } of reliability(scored, calibration.scale, calibration.base))
  console.log(`${titles.toFixed(0).padStart(10)} titles: said ${said.toFixed(5)}, was ${was.toFixed(5)}`);
writeFileSync(output, `${JSON.stringify(modelOf(fitHalves(lists), calibration))}\n`);
if (process.argv.includes('--held'))
  await measureDomains(folder, { model: modelOf(half, calibration), isMeasured: isHeld });
