import type { VerbContext } from '../platform/context.ts';
import type { TitleText } from './embed-texts.ts';
import { activateModel, embeddedHashes, embeddingModelsOf, releaseModels } from './embeddings.repo.ts';
import { mayTakeOver } from './may-take-over.ts';
import { buildVectorIndex, lacksVectorIndex, refreshStatistics } from './vector-index.repo.ts';

/** Vectors added by which the planner's statistics are out of date. */
const LARGE_FILL = 1_000;

/** How a model stands after titles were embedded. */
interface Filled {
  /** All titles on the server. */
  readonly all: readonly TitleText[];
  /** Titles that failed on their own: the model does not wait for them. */
  readonly failedIds: ReadonlySet<number>;
  /** Titles embedded in this run. */
  readonly embedded: number;
}

/**
 * Brings a model that was filled into use: builds its index, and lets it take over from the active one, in one step,
 * when no title with a text is without its vector but a few that failed. A model that somebody put aside by choosing
 * another one waits to be chosen.
 *
 * @returns 1 when it took over, else 0
 */
export async function cutOver(
  { db, progress, signal }: VerbContext,
  model: string,
  { all, failedIds, embedded }: Filled,
): Promise<0 | 1> {
  const stored = await embeddedHashes(db, model);
  const models = await embeddingModelsOf(db);
  const known = models.find((entry) => entry.model === model);
  if (!known) return 0;
  const lacking = all.filter((item) => item.text !== '' && !stored.has(item.titleId));
  const missing = lacking.filter((item) => !failedIds.has(item.titleId)).length;
  if (!known.active && missing > 0) {
    progress.log('info', `${model} takes over when the last ${missing} titles are embedded.`);
    return 0;
  }
  const active = models.find((entry) => entry.active && entry.model !== model);
  const served = active && (await embeddedHashes(db, active.model));
  const lost = lacking.filter((item) => served?.has(item.titleId)).length;
  if (active && !mayTakeOver(lost, all.length)) {
    progress.log(
      'warn',
      `${model} does not take over: it has no vectors of ${lost} titles that ${active.model} has.`,
    );
    return 0;
  }
  if (embedded >= LARGE_FILL) await db.transaction(refreshStatistics);
  if (await lacksVectorIndex(db, known)) {
    progress.step('Build the index');
    await buildVectorIndex(db, known, signal);
  }
  if (known.active) {
    // Who configures what was chosen by hand has no second opinion any more.
    if (models.some(({ heldBack }) => heldBack)) await db.transaction(releaseModels);
    return 0;
  }
  if (known.heldBack) {
    progress.log('warn', `${model} is complete, but another model was chosen by hand and stays active.`);
    return 0;
  }
  signal.throwIfAborted();
  await db.transaction((tx) => activateModel(tx, model));
  progress.log('info', `${model} is the active embedding model now.`);
  return 1;
}

/** Whether a run that stores vectors of these titles would let the model take over. */
export async function wouldCutOver(
  { db }: Pick<VerbContext, 'db'>,
  model: string,
  all: readonly TitleText[],
  dueIds: ReadonlySet<number>,
): Promise<0 | 1> {
  const stored = await embeddedHashes(db, model);
  const known = (await embeddingModelsOf(db)).find((entry) => entry.model === model);
  const complete = all.every(
    (item) => item.text === '' || stored.has(item.titleId) || dueIds.has(item.titleId),
  );
  const hasVectors = stored.size > 0 || all.some((item) => item.text !== '' && dueIds.has(item.titleId));
  return complete && hasVectors && !known?.active && !known?.heldBack ? 1 : 0;
}
