/** Values of one input over the rows, one value for all rows, or undefined where the server does not have it. */
export type Input = Float64Array | number | undefined;

/**
 * A symmetric decision tree: all nodes of one depth ask whether the same input reaches the same threshold; level `k` sets bit
 * `k` of the leaf's index. An input that is not there reaches no threshold.
 */
export interface Tree<Name extends string> {
  readonly inputs: readonly Name[];
  readonly thresholds: readonly number[];
  readonly leaves: readonly number[];
  /** How much of the training data fell into each leaf. */
  readonly covers: readonly number[];
}

/** Level of a tree that tells rows apart. */
interface RowLevel<Part> {
  readonly bit: number;
  readonly values: Float64Array;
  readonly threshold: number;
  readonly part: Part;
}

/**
 * Adds what the trees say of each row to the parts that their questions belong to, and returns what is left: the same number
 * for all rows. A path's value is shared out among its questions by how far each answer moved the expected value (Saabas
 * 2014), so that parts and rest sum to the trees' values.
 */
export function addForest<Name extends string, Part>(
  trees: readonly Tree<Name>[],
  inputOf: (name: Name) => Input,
  partOf: (name: Name) => Part,
  parts: ReadonlyMap<Part, Float64Array>,
): number {
  let rest = 0;
  const size = parts.values().next().value?.length ?? 0;
  const indices = new Uint8Array(size);
  for (const tree of trees) {
    const { levels, fixed } = levelsOf(tree, inputOf, partOf);
    const values = expectedValues(tree, levels, fixed);
    rest += values[0]?.[0] ?? 0;
    if (levels.length === 0) continue;
    findLeaves(levels, indices);
    for (const part of new Set(levels.map((level) => level.part))) {
      const sums = parts.get(part);
      if (sums) addShares(sums, indices, sharesOf(part, levels, values));
    }
  }
  return rest;
}

/** Answers the questions whose answer is the same for all rows. */
function levelsOf<Name extends string, Part>(
  { inputs, thresholds }: Tree<Name>,
  inputOf: (name: Name) => Input,
  partOf: (name: Name) => Part,
): { levels: RowLevel<Part>[]; fixed: number } {
  const levels: RowLevel<Part>[] = [];
  let fixed = 0;
  for (const [place, name] of inputs.entries()) {
    const values = inputOf(name);
    const threshold = thresholds[place] ?? 0;
    if (values === undefined) continue;
    if (typeof values !== 'number') levels.push({ bit: 1 << place, values, threshold, part: partOf(name) });
    else if (values >= threshold) fixed |= 1 << place;
  }
  return { levels, fixed };
}

/** Expected values after the first 0, 1, 2... levels, each by the answers to them (bit `k` for level `k`). */
function expectedValues<Name extends string>(
  { leaves, covers }: Tree<Name>,
  levels: readonly RowLevel<unknown>[],
  fixed: number,
): Float64Array[] {
  const values: Float64Array[] = [];
  let depth = levels.length;
  const leafOf = (answers: number) =>
    levels.reduce((leaf, { bit }, level) => ((answers >> level) & 1 ? leaf | bit : leaf), fixed);
  const count = 2 ** depth;
  let current = Float64Array.from({ length: count }, (_, answers) => leaves[leafOf(answers)] ?? 0);
  let weights = Float64Array.from({ length: count }, (_, answers) => covers[leafOf(answers)] ?? 0);
  values[depth] = current;
  while (depth > 0) {
    depth -= 1;
    const half = 2 ** depth;
    const [below, belowWeights] = [current, weights];
    weights = below.map((_, at) => (belowWeights[at] ?? 0) + (belowWeights[at + half] ?? 0)).slice(0, half);
    current = weights.map((weight, at) => {
      const [no, yes] = [below[at] ?? 0, below[at + half] ?? 0];
      if (weight === 0) return (no + yes) / 2;
      return (no * (belowWeights[at] ?? 0) + yes * (belowWeights[at + half] ?? 0)) / weight;
    });
    values[depth] = current;
  }
  return values;
}

function addShares(sums: Float64Array, indices: Uint8Array, shares: Float64Array): void {
  for (let row = 0; row < sums.length; row += 1)
    sums[row] = (sums[row] ?? 0) + (shares[indices[row] ?? 0] ?? 0);
}

/** Levels that one pass over the rows answers. */
const AT_ONCE = 4;

function findLeaves(levels: readonly RowLevel<unknown>[], indices: Uint8Array): void {
  indices.fill(0);
  for (let first = 0; first < levels.length; first += AT_ONCE) {
    const one = levels[first];
    if (!one) return;
    // Nothing reaches the threshold of a level that is not there.
    const none = { ...one, threshold: Number.NaN };
    const [two, three, four] = [levels[first + 1], levels[first + 2], levels[first + 3]];
    answer(indices, first, one, two ?? none, three ?? none, four ?? none);
  }
}

/** Sets the bits of four levels from bit `first` on, in one pass and without a branch: the answers cannot be foreseen. */
function answer(
  indices: Uint8Array,
  first: number,
  one: RowLevel<unknown>,
  two: RowLevel<unknown>,
  three: RowLevel<unknown>,
  four: RowLevel<unknown>,
): void {
  const [a, b, c, d] = [one.values, two.values, three.values, four.values];
  const [atA, atB, atC, atD] = [one.threshold, two.threshold, three.threshold, four.threshold];
  for (let row = 0; row < indices.length; row += 1) {
    const bits =
      Number((a[row] ?? 0) >= atA) |
      (Number((b[row] ?? 0) >= atB) << 1) |
      (Number((c[row] ?? 0) >= atC) << 2) |
      (Number((d[row] ?? 0) >= atD) << 3);
    indices[row] = (indices[row] ?? 0) | (bits << first);
  }
}

/** What a part's questions move the expected value by, for each combination of answers. */
function sharesOf<Part>(
  part: Part,
  levels: readonly RowLevel<Part>[],
  values: readonly Float64Array[],
): Float64Array {
  const shares = new Float64Array(2 ** levels.length);
  for (const [level, own] of levels.entries()) {
    if (own.part !== part) continue;
    const before = values[level];
    const after = values[level + 1];
    for (let answers = 0; answers < shares.length; answers += 1) {
      const known = answers & (2 ** level - 1);
      const then = answers & (2 ** (level + 1) - 1);
      shares[answers] = (shares[answers] ?? 0) + (after?.[then] ?? 0) - (before?.[known] ?? 0);
    }
  }
  return shares;
}
