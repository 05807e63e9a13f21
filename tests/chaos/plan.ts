import { createHash } from 'node:crypto';

/** Jobs in the order in which each finds what it needs. */
export const JOBS = [
  'sync-users',
  'sync-series',
  'enrich-metadata',
  'generate-series-embeddings',
  'sync-series-watch-history',
  'generate-series-recommendations',
  'sync-series-libraries',
  'evaluate-recommendations',
  'clean-embeddings',
] as const;
export type Job = (typeof JOBS)[number];

/** What is done to a running server. */
const FAULTS = ['kill', 'freeze', 'cut-database', 'cut-mongodb'] as const;
type Fault = (typeof FAULTS)[number];

/** A combination of stores. */
export interface Stores {
  readonly name: string;
  readonly postgres: boolean;
  readonly mongodb: boolean;
}

/** One fault during one run. */
export interface Round {
  readonly stores: Stores;
  readonly fault: Fault;
  readonly job: Job;
  /** Counts from 1 among the rounds with the same stores, fault and job. */
  readonly number: number;
}

/** Combinations of the services there are. */
export function storeCombinations(available: { postgres: boolean; mongodb: boolean }): Stores[] {
  return [
    { name: 'embedded', postgres: false, mongodb: false },
    { name: 'embedded and MongoDB', postgres: false, mongodb: true },
    { name: 'PostgreSQL', postgres: true, mongodb: false },
    { name: 'PostgreSQL and MongoDB', postgres: true, mongodb: true },
  ].filter((stores) => (available.postgres || !stores.postgres) && (available.mongodb || !stores.mongodb));
}

/** Faults that mean something on these stores. */
function faultsOf(stores: Stores): Fault[] {
  return FAULTS.filter(
    (fault) => (fault !== 'cut-database' || stores.postgres) && (fault !== 'cut-mongodb' || stores.mongodb),
  );
}

/** Every job with every fault on every combination, `count` times. */
export function fullPlan(combinations: readonly Stores[], count: number): Round[] {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return combinations.flatMap((stores) =>
    faultsOf(stores).flatMap((fault) =>
      JOBS.flatMap((job) => numbers.map((number) => ({ stores, fault, job, number }))),
    ),
  );
}

/** Every fault on every combination once, and every job at least once: they take turns, begun with the one at `first`. */
export function shortPlan(combinations: readonly Stores[], first: number): Round[] {
  const pairs = combinations.flatMap((stores) => faultsOf(stores).map((fault) => ({ stores, fault })));
  const count = Math.max(pairs.length, JOBS.length);
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const pair = pairs[index % pairs.length];
    const job = JOBS[(first + index) % JOBS.length];
    return pair && job ? [{ ...pair, job, number: 1 + Math.floor(index / pairs.length) }] : [];
  });
}

/** Numbers in 0..1 that follow from the seed and the round, so that a round can be had again. */
export function randomOf(seed: string, round: Round): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    const text = `${seed}/${round.stores.name}/${round.fault}/${round.job}/${round.number}/${drawn}`;
    return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
  };
}
