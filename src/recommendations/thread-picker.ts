import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { batches, batchSize, type PickResult, type PickTask } from './pick-batch.ts';
import type { PickThreadMessage } from './pick-thread-messages.ts';
import { type LoadedFacts, sharingOf } from './recommendation-facts.ts';
import { scorable, type TitleVectors } from './scoring-model.ts';
import { takingTurns } from './steps.ts';

/** Titles or tastes sent with one message. */
const PART = 100;

/**
 * Makes picks in `count` worker threads, each of which prepares the library and picks for a share of the users. The vectors
 * are shared, all else is copied. One thread that ends by an error ends all; so does the signal, at once.
 */
export async function* picksOfThreads(
  loaded: LoadedFacts,
  tasks: AsyncGenerator<PickTask>,
  count: number,
  signal: AbortSignal,
): AsyncGenerator<PickResult> {
  const { knownTitles, users } = loaded.facts;
  const size = Math.min(batchSize(knownTitles.length), Math.ceil(users.length / count));
  const workerData = vectorsOf(loaded);
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL('./pick-thread.mjs', import.meta.url), { workerData }),
  );
  const stop = () => Promise.all(workers.map((worker) => worker.terminate()));
  const stopNow = () => void stop();
  signal.addEventListener('abort', stopNow, { once: true });
  try {
    const threads = workers.map((worker) =>
      picksOfThread(worker, on(worker, 'message', { signal, close: ['exit'] }), tasks, size),
    );
    await sendModel(loaded, workers, signal);
    yield* merged(threads);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stopNow);
    await stop();
  }
}

/** Views on memory that all threads share. */
function vectorsOf({ vectors }: LoadedFacts): TitleVectors | null {
  if (!vectors) return null;
  const { titleIds, dimensions, matrix } = vectors;
  return { titleIds, dimensions, matrix };
}

async function sendModel(
  { facts }: LoadedFacts,
  workers: readonly Worker[],
  signal: AbortSignal,
): Promise<void> {
  const pause = takingTurns(signal);
  const sendAll = async (message: PickThreadMessage) => {
    for (const worker of workers) worker.postMessage(message);
    await pause();
  };
  for (let start = 0; start < facts.knownTitles.length; start += PART)
    await sendAll({ kind: 'titles', titles: facts.knownTitles.slice(start, start + PART).map(scorable) });
  const tastes = [...facts.tastes];
  for (let start = 0; start < tastes.length; start += PART)
    await sendAll({ kind: 'tastes', tastes: tastes.slice(start, start + PART) });
  await sendAll({ kind: 'ready', sharing: sharingOf(facts) });
}

/** The results of one thread, which gets a batch of tasks whenever it is done with the one before. */
async function* picksOfThread(
  worker: Worker,
  results: AsyncIterator<readonly PickResult[]>,
  tasks: AsyncGenerator<PickTask>,
  size: number,
): AsyncGenerator<PickResult> {
  for await (const batch of batches(tasks, size)) {
    for (const [index, task] of batch.entries()) {
      const message: PickThreadMessage = { kind: 'task', task, isLast: index === batch.length - 1 };
      worker.postMessage(message);
    }
    for (let received = 0; received < batch.length; received += 1) {
      const { value, done } = await results.next();
      if (done) throw new Error('A thread that makes picks ended before it was done.');
      yield* value;
    }
  }
}

/** What several generators yield, as it comes. */
async function* merged<Value>(sources: readonly AsyncGenerator<Value>[]): AsyncGenerator<Value> {
  const next = (source: AsyncGenerator<Value>) => source.next().then((step) => ({ source, step }));
  const waiting = new Map(sources.map((source) => [source, next(source)]));
  while (waiting.size > 0) {
    const { source, step } = await Promise.race(waiting.values());
    waiting.delete(source);
    if (step.done) continue;
    yield step.value;
    waiting.set(source, next(source));
  }
}
