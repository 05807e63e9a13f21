/**
 * Runs the shipped scorer over a folder of published viewing histories and writes its picks:
 * `tsx bench/recommend/evaluate.ts <domain folder> <split> <options> <output.jsonl>`, where options are `none` or some of
 * `embeddings` (those of the folder), `offline` (those of the offline embedder), `votes` and `no-mmr`, with commas.
 * The folder holds `catalog.jsonl.gz`, `embeddings_*.npy` and, below the split, `histories.csv.gz` and `servers.json.gz`.
 * A server's model sees its own users' train fold and its library only. Each line of the output is
 * `{"server": "n5-00", "user": "n017", "items": [20 ids, best first]}`.
 */
import { writeFileSync } from 'node:fs';
import { OFFLINE_MODEL } from '../../src/embeddings/offline-embedder.ts';
import { buildAudience, viewerTaste } from '../../src/recommendations/audience.ts';
import { compareCandidates, diversify } from '../../src/recommendations/diversify.ts';
import { buildLibrary, type Library } from '../../src/recommendations/library.ts';
import { scoreTitles } from '../../src/recommendations/score-titles.ts';
import { scorerFor } from '../../src/recommendations/weights.ts';
import { profileOf, readDataset, vectorsOf } from './dataset.ts';

const CURRENT_YEAR = 2025;
const [folder, split, options, output] = process.argv.slice(2);
if (!folder || !split || !options || !output)
  throw new Error('usage: evaluate.ts <domain folder> <split> <options> <output.jsonl>');

const data = readDataset(folder, split, options.includes('votes'));
const model = options.includes('offline')
  ? OFFLINE_MODEL
  : options.includes('embeddings')
    ? 'embeddings'
    : null;
const { version, weights } = scorerFor(model);
const libraries = new Map<string, Library>();
const lines: string[] = [];
const milliseconds: number[] = [];
for (const server of data.servers) {
  const key = server.library.join();
  const titles = server.library.flatMap((id) => data.catalog.get(id) ?? []);
  const library =
    libraries.get(key) ?? (await buildLibrary(titles, vectorsOf(data, titles, options), async () => {}));
  libraries.set(key, library);
  const tastes = new Map(
    server.users.map((user) => [user, viewerTaste(library, profileOf(data.train.get(user) ?? []))]),
  );
  const audience = buildAudience(library, [...tastes.values()]);
  for (const [user, taste] of tastes) {
    const started = performance.now();
    const { scores } = scoreTitles(library, audience, taste, weights, CURRENT_YEAR);
    const begun = new Set(taste.entries.map((entry) => entry.row));
    const candidates = titles.flatMap((title, row) =>
      begun.has(row) ? [] : [{ row, titleId: title.id, score: scores[row] ?? 0, rating: title.rating }],
    );
    const picks = options.includes('no-mmr')
      ? candidates.sort(compareCandidates).slice(0, 20)
      : diversify(candidates, 20, library.content);
    milliseconds.push(performance.now() - started);
    lines.push(JSON.stringify({ server: server.server, user, items: picks.map((pick) => pick.titleId) }));
  }
}
writeFileSync(output, `${lines.join('\n')}\n`);
milliseconds.sort((a, b) => a - b);
const median = milliseconds[Math.floor(milliseconds.length / 2)] ?? 0;
console.log(`${lines.length} lists with ${version}, median ${median.toFixed(1)} ms a viewer`);
