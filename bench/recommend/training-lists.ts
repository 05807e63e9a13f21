import { buildAudience, type ViewerTaste, viewerTaste } from '../../src/recommendations/audience.ts';
import { measureFeatures } from '../../src/recommendations/features.ts';
import type { Library } from '../../src/recommendations/library.ts';
import { lacksOf, linearParts } from '../../src/recommendations/score-titles.ts';
import { type Lacks, LINEAR_FEATURES, TREE_FEATURES } from '../../src/recommendations/scorer-model.ts';
import { atOnce } from '../../src/recommendations/steps.ts';
import { CONDITIONS, viewerConditions } from '../../src/recommendations/viewer-conditions.ts';
import { type Dataset, profileOf } from './dataset.ts';
import { type Random, seededRandom } from './generated-server.ts';
import { ALL_INPUTS, type Inputs, type PreparedServer, preparedServers } from './prepared-servers.ts';

const CURRENT_YEAR = 2025;
/** Groups of servers whose viewers are also taken with a shortened history, and how many series of it they keep. */
const SHORTENED_GROUPS = new Set(['household', 'n1', 'n5', 'n10']);
const SHORT_HISTORIES = [0, 1, 3, 8];
/** Unwatched titles of a list that are kept: those that look best at first sight, and some drawn from the rest. */
const BEST = 60;
const DRAWN = 130;
/** Viewers of one server that are taken at most, evenly spread over all, and with how many inputs each. */
const MAX_VIEWERS = 100;
const INPUTS_EACH = 2;
/** How often each of `ALL_INPUTS` is taken. */
const SHARES = [3, 3, 1, 1, 1.5, 1, 1, 0.7];

/** One viewer on one server: what could be recommended, measured, and what of it was watched later. */
export interface TrainingList {
  readonly user: string;
  readonly group: string;
  /** Of `CONDITIONS`, in their order. */
  readonly conditions: readonly number[];
  readonly lacks: Lacks;
  /** The first rows were watched later. */
  readonly positives: number;
  /** Of each row the logarithm of the number of titles that it stands for. */
  readonly logWeights: Float32Array;
  readonly size: number;
  /** Undefined where the server does not have it. */
  readonly linear: readonly (Float32Array | undefined)[];
  readonly trees: readonly (Float32Array | undefined)[];
}

/** Measures every viewer of every server of a domain, each with some of the inputs, drawn with a fixed seed. */
export async function trainingLists(data: Dataset, domain: string): Promise<TrainingList[]> {
  const random = seededRandom(1);
  const lists: (TrainingList | null)[] = [];
  for await (const server of preparedServers(data)) {
    const every = Math.ceil(server.tastes.size / MAX_VIEWERS);
    for (const [index, [user, taste]] of [...server.tastes].entries()) {
      if (index % every > 0) continue;
      for (let time = 0; time < INPUTS_EACH; time += 1) {
        const of = { data, server, user, full: taste, inputs: drawInputs(random), random };
        lists.push(listOf({ ...of, taste, group: `${domain} ${server.group}` }));
        const length = SHORT_HISTORIES[(index + time) % SHORT_HISTORIES.length] ?? 0;
        if (!SHORTENED_GROUPS.has(server.group) || taste.entries.length <= length || time > 0) continue;
        // The same viewer as a beginner: the scorer must not be left to guess what it does with short histories.
        const history = (data.train.get(user) ?? []).toSorted((a, b) => a.at - b.at).slice(0, length);
        const short = viewerTaste(server.libraryWith(of.inputs), profileOf(history));
        lists.push(listOf({ ...of, taste: short, group: `${domain} short-${length}` }));
      }
    }
  }
  return lists.flatMap((list) => list ?? []);
}

interface ListInput {
  readonly data: Dataset;
  readonly server: PreparedServer;
  readonly user: string;
  readonly taste: ViewerTaste;
  readonly full: ViewerTaste;
  readonly inputs: Inputs;
  readonly group: string;
  readonly random: Random;
}

function listOf({ data, server, user, taste, full, inputs, group, random }: ListInput): TrainingList | null {
  const library = server.libraryWith(inputs);
  const others = [...server.tastes.values()].filter((other) => other !== full);
  const audience =
    taste === full || !inputs.collaborative
      ? server.audienceWith(inputs)
      : atOnce(buildAudience(library, [...others, taste]));
  const features = measureFeatures(library, audience, taste, CURRENT_YEAR);
  const { positives, rows, logWeights } = sampleRows(
    library,
    full,
    data.test.get(user) ?? [],
    random,
    (row) =>
      [features.votesRank, features.textRank, features.peersRank].reduce(
        (sum, rank) => sum + (rank?.[row] ?? 0),
        0,
      ),
  );
  if (positives === 0) return null;
  const conditions = viewerConditions(
    library,
    { ...audience, viewers: audience.viewers.length },
    taste.liked,
  );
  const column = (names: ReturnType<typeof linearParts>) => {
    const parts = names.flatMap((name) => features[name] ?? []);
    if (parts.length === 0) return undefined;
    return Float32Array.from(rows, (row) => parts.reduce((sum, part) => sum + (part[row] ?? 0), 0));
  };
  return {
    user,
    group,
    conditions: CONDITIONS.map((name) => conditions[name]),
    lacks: lacksOf(library, audience),
    positives,
    logWeights,
    size: rows.length,
    linear: LINEAR_FEATURES.map((name) => column(linearParts(name))),
    trees: TREE_FEATURES.map((name) => column([name])),
  };
}

function sampleRows(
  library: Library,
  full: ViewerTaste,
  test: readonly { readonly titleId: number }[],
  random: Random,
  firstSight: (row: number) => number,
): { positives: number; rows: number[]; logWeights: Float32Array } {
  const wanted = new Set(test.map((entry) => entry.titleId));
  const begun = new Set(full.entries.map((entry) => entry.row));
  const open = library.titles.flatMap((_, row) => (begun.has(row) ? [] : [row]));
  const isWanted = (row: number) => wanted.has(library.titles[row]?.id ?? -1);
  const watched = open.filter(isWanted);
  const rest = open.filter((row) => !isWanted(row)).sort((a, b) => firstSight(b) - firstSight(a) || a - b);
  const best = rest.splice(0, BEST);
  const drawn =
    rest.length <= DRAWN
      ? rest
      : Array.from({ length: DRAWN }, () => rest[Math.floor(random() * rest.length)] ?? 0);
  const rows = [...watched, ...best, ...drawn];
  const weight = drawn.length === 0 ? 0 : Math.log(rest.length / drawn.length);
  const logWeights = Float32Array.from(rows, (_, at) => (at < watched.length + best.length ? 0 : weight));
  return { positives: watched.length, rows, logWeights };
}

function drawInputs(random: Random): Inputs {
  let left = random() * SHARES.reduce((sum, share) => sum + share, 0);
  const index = SHARES.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  return ALL_INPUTS[index] ?? ALL_INPUTS[0];
}
