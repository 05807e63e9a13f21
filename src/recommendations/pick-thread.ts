import { parentPort, workerData } from 'node:worker_threads';
import type { ViewerTaste } from './audience.ts';
import type { ScorableTitle } from './content-vectors.ts';
import { type PickResult, type PickTask, picksOfBatch } from './pick-batch.ts';
import type { PickThreadMessage } from './pick-thread-messages.ts';
import { buildScoringModel, libraryOf, type ScoringModel, type TitleVectors } from './scoring-model.ts';

/** Nobody else has to get a turn in a thread of its own. */
const noPause = async () => {};

const vectors: TitleVectors | null = workerData;
const titles: ScorableTitle[] = [];
const tastes = new Map<number, ViewerTaste>();
const batch: PickTask[] = [];
let model: Promise<ScoringModel> | undefined;

parentPort?.on('message', async (message: PickThreadMessage) => {
  if (message.kind === 'titles') titles.push(...message.titles);
  else if (message.kind === 'tastes') for (const [userId, taste] of message.tastes) tastes.set(userId, taste);
  else if (message.kind === 'ready')
    model = libraryOf(titles, vectors, noPause).then((library) =>
      buildScoringModel(library, message.sharing, tastes, noPause),
    );
  else {
    batch.push(message.task);
    if (!message.isLast || !model) return;
    for await (const result of picksOfBatch(await model, batch.splice(0), noPause))
      parentPort?.postMessage(sendable(result));
  }
});

/** An error may hold what cannot be sent, its message can. */
function sendable(result: PickResult): PickResult {
  if (!('error' in result)) return result;
  const { error } = result;
  return { ...result, error: new Error(error instanceof Error ? error.message : String(error)) };
}
