import {
  type Audience,
  buildAudience,
  type ViewerTaste,
  viewerTaste,
} from '../../src/recommendations/audience.ts';
import { type Features, measureFeatures } from '../../src/recommendations/features.ts';
import { buildLibrary, type Library } from '../../src/recommendations/library.ts';
import { weightFactors } from '../../src/recommendations/score-titles.ts';
import type { WeightName } from '../../src/recommendations/weights.ts';
import { type Dataset, profileOf, readDataset, vectorsOf } from './dataset.ts';

const CURRENT_YEAR = 2025;

/** Groups of servers whose viewers are also taken with a shortened history, and how many series of it they keep. */
const SHORTENED_GROUPS = new Set(['household', 'n5', 'n10', 'n20']);
const SHORT_HISTORIES = [0, 1, 3, 8];

/** One viewer on one server: what could be recommended, measured, and what of it was watched later. */
export interface TrainingList {
  readonly user: string;
  readonly group: string;
  /** 1, ln of the server's viewers, ln of 1 + the viewer's series. */
  readonly factors: readonly number[];
  /** Indices of the candidates that were watched. */
  readonly positives: readonly number[];
  readonly size: number;
  /** One array over the candidates for each weight. */
  readonly features: readonly Float32Array[];
}

/** Measures every viewer of every server of a data folder; `options` as `train.ts` takes them. */
export async function trainingLists(
  folder: string,
  split: string,
  options: string,
  names: readonly WeightName[],
): Promise<TrainingList[]> {
  const data = readDataset(folder, split, options.includes('votes'));
  const libraries = new Map<string, Library>();
  const lists: TrainingList[] = [];
  for (const server of data.servers) {
    const key = server.library.join();
    const titles = server.library.flatMap((id) => data.catalog.get(id) ?? []);
    const library =
      libraries.get(key) ?? (await buildLibrary(titles, vectorsOf(data, titles, options), async () => {}));
    libraries.set(key, library);
    const tastes = server.users.map((user) => viewerTaste(library, profileOf(data.train.get(user) ?? [])));
    const audience = buildAudience(library, tastes);
    for (const [index, user] of server.users.entries()) {
      const taste = tastes[index];
      if (!taste) continue;
      lists.push({
        ...listOf(data, library, audience, taste, taste, user, names),
        group: `${folder} ${server.group}`,
      });
      const length = SHORT_HISTORIES[index % SHORT_HISTORIES.length] ?? 0;
      if (!SHORTENED_GROUPS.has(server.group) || taste.entries.length <= length) continue;
      // The same viewer as a beginner: the scorer must not be left to guess what it does with short histories.
      const history = data.train.get(user) ?? [];
      const short = viewerTaste(library, profileOf(history.toSorted((a, b) => a.at - b.at).slice(0, length)));
      const others = buildAudience(library, [...tastes.filter((other) => other !== taste), short]);
      lists.push({
        ...listOf(data, library, others, short, taste, user, names),
        group: `${folder} short-${length}`,
      });
    }
  }
  return lists.filter((list) => list.positives.length > 0);
}

function listOf(
  data: Dataset,
  library: Library,
  audience: Audience,
  taste: ViewerTaste,
  full: ViewerTaste,
  user: string,
  names: readonly WeightName[],
) {
  const wanted = new Set((data.test.get(user) ?? []).map((entry) => entry.titleId));
  const begun = new Set(full.entries.map((entry) => entry.row));
  const rows = library.titles.flatMap((_, row) => (begun.has(row) ? [] : [row]));
  const { logViewers, logHistory } = weightFactors(audience.viewers.length, taste.liked.length);
  const measured = measureFeatures(library, audience, taste, CURRENT_YEAR);
  return {
    user,
    factors: [1, logViewers, logHistory],
    positives: rows.flatMap((row, at) => (wanted.has(library.titles[row]?.id ?? -1) ? [at] : [])),
    size: rows.length,
    features: names.map((name) => Float32Array.from(rows, valuesOf(measured, name))),
  };
}

/** The values that a weight multiplies: one feature, or the two halves of the collaborative score together. */
function valuesOf(measured: Features, name: WeightName): (row: number) => number {
  if (name === 'peers') return sumOf(measured.peersByContent, measured.peersByViewers);
  if (name === 'peersScaled') return sumOf(measured.peersByContentScaled, measured.peersByViewersScaled);
  return sumOf(measured[name], undefined);
}

function sumOf(a: Float64Array | undefined, b: Float64Array | undefined): (row: number) => number {
  return (row) => (a?.[row] ?? 0) + (b?.[row] ?? 0);
}
