import { didYouMean } from '../../platform/did-you-mean.ts';
import { ShowrunnerError } from '../../platform/errors.ts';
import { SIGNAL_NAMES, type Signal, type TitleScores } from '../score-titles.ts';

/** How much each signal counts beside the shipped model, 0..3; one that is left out counts 1, as shipped. */
export type TuningWeights = Readonly<Partial<Record<Signal, number>>>;

/** Beyond three times its weight a signal decides alone: what such weights do is better said by lowering the others. */
export const MAX_WEIGHT = 3;

/** A weight as a caller gives it. */
export interface GivenWeight {
  readonly signal: string;
  readonly weight: number;
}

/**
 * Checks weights that a caller gave.
 *
 * @param field path of the list among the caller's arguments, to name what is at fault
 * @throws ShowrunnerError `BAD_INPUT` for an unknown or repeated signal, a weight that is no number from 0 to 3, or all zero
 */
export function parseTuning(given: readonly GivenWeight[], field: string): TuningWeights {
  const weights = new Map<Signal, number>();
  for (const [index, { signal: name, weight }] of given.entries()) {
    const signal = SIGNAL_NAMES.find((known) => known === name);
    if (!signal) throw unknownSignal(name, `${field}.${index}.signal`);
    if (weights.has(signal))
      throw refused(`${signal} is named twice.`, `${field}.${index}.signal`, name, 'Name each signal once.');
    if (!(weight >= 0 && weight <= MAX_WEIGHT))
      throw refused(
        `The weight of ${signal} must be a number from 0 to ${MAX_WEIGHT}.`,
        `${field}.${index}.weight`,
        String(weight),
        'Give 1 for the weight as shipped, 0 to leave the signal out.',
      );
    weights.set(signal, weight);
  }
  if (SIGNAL_NAMES.every((signal) => weights.get(signal) === 0))
    throw refused(
      'All weights are 0: nothing would tell titles apart.',
      field,
      '0',
      'Give a signal a weight.',
    );
  return Object.fromEntries(weights);
}

/** Weights as they were stored: signals that this version of the program no longer knows are left out. */
export function storedTuning(stored: Readonly<Record<string, number>>): TuningWeights {
  return Object.fromEntries(
    SIGNAL_NAMES.flatMap((signal) => {
      const weight = stored[signal];
      return weight === undefined ? [] : [[signal, weight]];
    }),
  );
}

/** What a set says of the weights it was made with: the shipped scorer, and the snapshot on top of it if there is one. */
export function versionName(scorer: string, versionId: number | null): string {
  return versionId === null ? scorer : `${scorer}+weights-${versionId}`;
}

/** Multiplies what each signal contributed by its weight; the parts of the result sum to its scores exactly, in their order. */
export function tuned(result: TitleScores, weights: TuningWeights): TitleScores {
  if (SIGNAL_NAMES.every((signal) => (weights[signal] ?? 1) === 1)) return result;
  const scores = new Float64Array(result.scores.length);
  const bySignal = new Map<Signal, Float64Array>();
  for (const [signal, values] of result.bySignal) {
    const weight = weights[signal] ?? 1;
    const part = values.map((value) => value * weight);
    bySignal.set(signal, part);
    for (let row = 0; row < scores.length; row += 1) scores[row] = (scores[row] ?? 0) + (part[row] ?? 0);
  }
  return { ...result, scores, bySignal };
}

function unknownSignal(name: string, field: string): ShowrunnerError {
  const meant = didYouMean(name, SIGNAL_NAMES);
  return refused(
    `There is no signal "${name}".`,
    field,
    name,
    `${meant ? `Did you mean ${meant}? ` : ''}Signals: ${SIGNAL_NAMES.join(', ')}.`,
  );
}

function refused(message: string, field: string, value: string, remedy: string): ShowrunnerError {
  return new ShowrunnerError('BAD_INPUT', message, { field, value: value.slice(0, 100), remedy });
}
