/**
 * Measures the shipped scorer on published viewing histories:
 * `tsx bench/recommend/evaluate.ts <data folder> [split] [--first] [--plain] [--groups=n1,n5] [--viewers=<of each server>]`.
 * The data folder holds `tv` and `anime`, each with `catalog.jsonl.gz`, `embeddings_*.npy` and, below the split (`dev` when left
 * out), `histories.csv.gz` and `servers.json.gz`. A server's model sees its own users' train fold and its library only.
 * Prints NDCG@10 with standard errors by group of servers for all inputs (`--first`: for a server that has everything only;
 * `--plain`: by score alone, without diversity and caps; `--groups` and `--viewers` measure a part), and writes the lists as
 * `{"server": "n5-00", "user": "n017", "items": [20 ids, best first]}`, one a line. The shipped scorer has learnt from the dev
 * half: what it reaches there is no measure of its quality, `train.ts --held` prints one.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHIPPED_SCORER } from '../../src/recommendations/scorer-model.ts';
import { measureDomains } from './measure-domain.ts';
import { ALL_INPUTS } from './prepared-servers.ts';

const [folder, split = 'dev'] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (!folder)
  throw new Error('usage: evaluate.ts <data folder> [split] [--first] [--plain] [--groups=] [--viewers=]');
const optionOf = (option: string) =>
  process.argv.find((argument) => argument.startsWith(`${option}=`))?.slice(option.length + 1);
const groups = optionOf('--groups')?.split(',');
const viewersEach = Number(optionOf('--viewers') ?? Number.POSITIVE_INFINITY);
const output = mkdtempSync(join(tmpdir(), 'recommend-'));
console.log(`${SHIPPED_SCORER.version}, lists in ${output}`);
await measureDomains(folder, {
  split,
  output,
  viewersEach,
  ...(groups && { groups }),
  ...(process.argv.includes('--first') && { inputs: ALL_INPUTS.slice(0, 1) }),
  ...(process.argv.includes('--plain') && { isPlain: true }),
});
