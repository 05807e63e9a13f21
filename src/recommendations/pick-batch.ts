import { NO_TASTE } from './audience.ts';
import type { CandidatePools } from './candidates.ts';
import { contentSumsBytes, contentSumsOfAll } from './content-sums.ts';
import { type PickOptions, pickTitles } from './pick-titles.ts';
import type { NewPick } from './recommendations.repo.ts';
import type { ScoringModel } from './scoring-model.ts';
import { inTurns, type Pause } from './steps.ts';

/** What is to be picked for one user; it can be sent to another thread. */
export interface PickTask {
  readonly userId: number;
  readonly pools: CandidatePools;
  readonly options: PickOptions;
}

/** What came of a task: picks, or why there are none. */
export type PickResult =
  | { readonly userId: number; readonly picks: readonly NewPick[] }
  | { readonly userId: number; readonly error: unknown };

/** Memory for the sums of the users of one batch: the more users, the more of what they have in common is computed once. */
const BATCH_BYTES = 96_000_000;
const MAX_BATCH = 200;

/** How many tasks to hand to `picksOfBatch` at a time. */
export function batchSize(titles: number): number {
  return Math.max(1, Math.min(MAX_BATCH, Math.floor(BATCH_BYTES / Math.max(1, contentSumsBytes(titles)))));
}

/** Picks for some users at once, and tells each one's picks as soon as they are made; one that fails spares the others. */
export async function* picksOfBatch(
  model: ScoringModel,
  tasks: readonly PickTask[],
  pause: Pause,
): AsyncGenerator<PickResult> {
  const tastes = tasks.map(({ userId }) => model.tastes.get(userId) ?? NO_TASTE);
  const sums = await inTurns(contentSumsOfAll(model.library.content, tastes), pause);
  for (const [index, { userId, pools, options }] of tasks.entries()) {
    await pause();
    try {
      const taste = tastes[index] ?? NO_TASTE;
      yield { userId, picks: pickTitles(model.library, model.audience, taste, pools, options, sums[index]) };
    } catch (error) {
      yield { userId, error };
    }
    delete sums[index];
  }
}

/** Tasks in groups of `size`, the last one smaller. */
export async function* batches(tasks: AsyncGenerator<PickTask>, size: number): AsyncGenerator<PickTask[]> {
  let batch: PickTask[] = [];
  for await (const task of tasks) {
    batch.push(task);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
