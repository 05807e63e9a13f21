import type { ViewerTaste } from './audience.ts';
import type { CandidatePools } from './candidates.ts';
import {
  compareCandidates,
  diversify,
  type RankedCandidate,
  scoreRange,
  selectionPool,
} from './diversify.ts';
import { exposureLoss } from './exposure.ts';
import type { Library } from './library.ts';
import { selectionCaps } from './selection-caps.ts';
import type { SelectionSettings } from './selection-settings.ts';

/** What is chosen by beside the scores. */
export interface SelectionOptions {
  /** First-time picks wanted. */
  readonly count: number;
  readonly selection: SelectionSettings;
  /** How often each title was shown lately and not begun, as of `exposures`. */
  readonly exposures: ReadonlyMap<number, number>;
}

/** A title that was chosen; its score has lost what its exposure costs. */
export interface SelectedTitle extends RankedCandidate {
  readonly isRewatch: boolean;
  /** At least 0. */
  readonly exposureLoss: number;
}

/**
 * Chooses a viewer's picks from the scores of a library: first-time titles, best first, made diverse and capped by genre
 * and network, then finished series to watch again.
 */
export function selectPicks(
  library: Library,
  taste: ViewerTaste,
  scores: Float64Array,
  pools: CandidatePools,
  options: SelectionOptions,
): SelectedTitle[] {
  const { count, selection } = options;
  const firstTime = rankedTitles(library, scores, pools.firstTime);
  const range = scoreRange(selectionPool(firstTime, count));
  const lossOf = (titleId: number) => exposureLoss(options.exposures.get(titleId) ?? 0, range);
  const exposed = (candidates: readonly RankedCandidate[]) =>
    candidates.map((candidate) => {
      const loss = lossOf(candidate.titleId);
      return loss === 0 ? candidate : { ...candidate, score: candidate.score - loss };
    });
  const liked = taste.liked.flatMap((row) => library.titles[row] ?? []);
  const caps = selectionCaps(Math.min(count, firstTime.length), liked, selection);
  const first = diversify(exposed(firstTime), {
    count,
    diversity: selection.diversity,
    content: library.content,
    caps: { of: caps, titles: library.titles },
  });
  const again = exposed(rankedTitles(library, scores, pools.rewatch))
    .sort(compareCandidates)
    .slice(0, selection.rewatchPicks);
  const selected = (candidate: RankedCandidate, isRewatch: boolean): SelectedTitle => ({
    ...candidate,
    isRewatch,
    exposureLoss: lossOf(candidate.titleId),
  });
  return [...first.map((one) => selected(one, false)), ...again.map((one) => selected(one, true))];
}

/** Titles of a library with their scores; those that the library does not hold are left out. */
export function rankedTitles(
  library: Library,
  scores: Float64Array,
  titleIds: readonly number[],
): RankedCandidate[] {
  const ranked: RankedCandidate[] = [];
  for (const titleId of titleIds) {
    const row = library.rowOf.get(titleId);
    if (row === undefined) continue;
    ranked.push({ row, titleId, score: scores[row] ?? 0, rating: library.titles[row]?.rating ?? null });
  }
  return ranked;
}
