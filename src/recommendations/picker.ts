import { availableParallelism } from 'node:os';
import { batches, batchSize, type PickResult, type PickTask, picksOfBatch } from './pick-batch.ts';
import type { LoadedFacts } from './recommendation-facts.ts';
import { preparedInputs } from './recommendation-inputs.ts';
import { takingTurns } from './steps.ts';
import { picksOfThreads } from './thread-picker.ts';

/** Users times titles from which on threads are worth their start: about two seconds of work. */
const THREADED_WORK = 500_000;
const MAX_THREADS = 4;

/** One thread less than the machine runs at once, which is left to the server itself; one to four. */
export function defaultThreads(): number {
  return Math.max(1, Math.min(MAX_THREADS, availableParallelism() - 1));
}

/**
 * Makes the picks of many users: takes tasks as it gets to them and tells each one's result, in any order. Small runs are
 * done in this thread, in which others get a turn every few ms, large ones in worker threads. Without a task nothing is
 * prepared.
 *
 * @param threads worker threads at most; 0 for none
 * @throws the signal's reason once it is aborted
 */
export async function* picksOf(
  loaded: LoadedFacts,
  tasks: AsyncGenerator<PickTask>,
  threads: number,
  signal: AbortSignal,
): AsyncGenerator<PickResult> {
  const { users, knownTitles } = loaded.facts;
  const first = await tasks.next();
  if (first.done) return;
  const all = beginningWith(first.value, tasks);
  if (threads > 0 && users.length * knownTitles.length >= THREADED_WORK) {
    yield* picksOfThreads(loaded, all, threads, signal);
    return;
  }
  const model = await preparedInputs(loaded, signal);
  const pause = takingTurns(signal);
  for await (const batch of batches(all, batchSize(knownTitles.length)))
    yield* picksOfBatch(model, batch, pause);
}

async function* beginningWith<Value>(first: Value, rest: AsyncGenerator<Value>): AsyncGenerator<Value> {
  yield first;
  yield* rest;
}
