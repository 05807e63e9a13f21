/** Random choices that a seed repeats. */
export interface SeededRandom {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  /** One of the items. */
  pick<Item>(items: readonly Item[]): Item;
  /** Whether something of that probability happens. */
  happens(probability: number): boolean;
}

/** The mulberry32 generator: one 32-bit state, good enough for choices. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    below: (end) => Math.floor(next() * end),
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('There is nothing to pick from.');
      return item;
    },
    happens: (probability) => next() < probability,
  };
}
