import type { HoldOutMeasure } from '../../drizzle/tables/weights.ts';
import type { VerbContext } from '../platform/context.ts';
import { SIGNAL_NAMES, type Signal } from '../recommendations/score-titles.ts';
import { takingTurns } from '../recommendations/steps.ts';
import { MAX_WEIGHT, storedTuning, type TuningWeights } from '../recommendations/tuning/tuning-weights.ts';
import {
  assignEverybody,
  currentWeights,
  insertVersion,
  lockAssignments,
  newestRetrained,
  readAssignment,
  shippedVersion,
} from '../recommendations/tuning/weights.repo.ts';
import { learn } from './learn-weights.ts';
import { type ShownPick, shownPicks } from './outcomes.repo.ts';

/** Below this many shown picks, and this many started ones among them, chance outweighs what they tell. */
const LEAST_SHOWN = 200;
const LEAST_STARTED = 30;
/** A pick that was not started yet says so after a week: most are looked at in one. */
const SETTLED_AFTER_MS = 7 * 86_400_000;
const BY = 'evaluate-recommendations';

/**
 * Fits the weights of the signals anew to what became of the picks of one scorer, and stores them as a version. It is put
 * in force for everybody only where it is worse neither in log loss nor in NDCG on the latest picks, which it did not
 * learn from. Weights like those in force make no version.
 *
 * @param scorer version of the shipped scorer: scores of another one are on another scale
 * @returns counts: `shown` and `started` picks with a known outcome, `retrained` and `applied` versions, 0 or 1
 */
export async function retrainWeights(
  context: VerbContext,
  { scorer, dryRun }: { readonly scorer: string; readonly dryRun: boolean },
): Promise<{ shown: number; started: number; retrained: number; applied: number }> {
  const { db, progress } = context;
  progress.step('Learn from past picks');
  const now = context.now();
  const settledBefore = new Date(now.getTime() - SETTLED_AFTER_MS);
  const picks = await shownPicks(db, { scorer, settledBefore, now });
  context.signal.throwIfAborted();
  const started = picks.filter((pick) => pick.started).length;
  const counts = { shown: picks.length, started, retrained: 0, applied: 0 };
  if (picks.length < LEAST_SHOWN || started < LEAST_STARTED) {
    progress.log(
      'info',
      `${picks.length} picks with a known outcome, ${started} of them started: weights are learnt from ` +
        `${LEAST_SHOWN} picks and ${LEAST_STARTED} starts on.`,
    );
    return counts;
  }
  const { everybody } = await currentWeights(db);
  const pause = takingTurns(context.signal);
  const learnt = await learn(picks.map(toShown), valuesOf(everybody.weights), MAX_WEIGHT, pause);
  const known = [everybody.weights, await newestRetrained(db)];
  if (!learnt || known.some((weights) => weights && sameWeights(learnt.weights, valuesOf(weights)))) {
    progress.log('info', 'Past picks ask for no new weights.');
    return counts;
  }
  const weights: TuningWeights = Object.fromEntries(
    SIGNAL_NAMES.map((signal, index) => [signal, learnt.weights[index] ?? 1]),
  );
  const isBetter =
    learnt.measured.logLoss <= learnt.measured.logLossBefore &&
    learnt.measured.ndcg >= learnt.measured.ndcgBefore;
  const isApplied = dryRun
    ? isBetter
    : await store(context, {
        weights,
        measured: learnt.measured,
        isBetter,
        comparedWith: everybody.versionId,
      });
  progress.log(
    'info',
    `${dryRun ? 'Would store' : 'Stored'} learnt weights${isApplied ? ', in force from now on' : ', not in force'}: ` +
      describe(learnt.measured),
    { ...weights },
  );
  return { ...counts, retrained: 1, applied: isApplied ? 1 : 0 };
}

/** Weights that were learnt, and what they were compared with: a snapshot, or null for the weights as shipped. */
interface LearntWeights {
  readonly weights: TuningWeights;
  readonly measured: HoldOutMeasure;
  readonly isBetter: boolean;
  readonly comparedWith: number | null;
}

/**
 * Stores learnt weights, and puts them in force where they are better than what still is; returns whether they are in
 * force.
 */
async function store(
  { db, now }: VerbContext,
  { weights, measured, isBetter, comparedWith }: LearntWeights,
): Promise<boolean> {
  const at = now();
  return db.transaction(async (tx) => {
    const shipped = await shippedVersion(tx, at);
    await lockAssignments(tx);
    const inForce = await readAssignment(tx);
    const parentId = inForce?.versionId ?? shipped;
    const versionId = await insertVersion(tx, {
      origin: 'RETRAINED',
      parentId,
      createdAt: at,
      createdBy: BY,
      notes: describe(measured),
      weights,
      measured,
    });
    // Somebody may have put others in force meanwhile, which these were never measured against.
    if (!isBetter || parentId !== (comparedWith ?? shipped)) return false;
    // Users who try a version of their own keep it.
    await assignEverybody(tx, { versionId, at, by: BY }, inForce?.id ?? null);
    return true;
  });
}

/** What each signal would have contributed at weight 1; a signal that was left out then says nothing. */
function toShown({ userId, parts, weights, started }: ShownPick) {
  const then = storedTuning(weights ?? {});
  const contributions = SIGNAL_NAMES.map((signal) => {
    const part = parts.find((one) => one.signal === signal)?.contribution ?? 0;
    const weight = then[signal] ?? 1;
    return weight === 0 ? 0 : part / weight;
  });
  const offset = parts.reduce(
    (sum, { signal, contribution }) =>
      sum + (SIGNAL_NAMES.some((name) => name === signal) ? 0 : contribution),
    0,
  );
  return { userId, offset, contributions, started };
}

function valuesOf(weights: TuningWeights): number[] {
  return SIGNAL_NAMES.map((signal: Signal) => weights[signal] ?? 1);
}

function sameWeights(one: readonly number[], other: readonly number[]): boolean {
  return one.every((weight, index) => Math.abs(weight - (other[index] ?? 1)) < 0.01);
}

function describe({
  learntFrom,
  started,
  heldOut,
  logLoss,
  logLossBefore,
  ndcg,
  ndcgBefore,
}: HoldOutMeasure) {
  return (
    `learnt from ${learntFrom} picks, ${started} of them started; on ${heldOut} later ones log loss ` +
    `${logLoss.toFixed(4)} (before ${logLossBefore.toFixed(4)}), NDCG ${ndcg.toFixed(4)} (before ${ndcgBefore.toFixed(4)}).`
  );
}
