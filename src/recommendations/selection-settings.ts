/** How picks are chosen from the scored candidates; what the scores are made of is no part of it. */
export interface SelectionSettings {
  /** First-time picks for each user, 1..100. */
  readonly count: number;
  /** How much novelty counts against score in each next pick, 0..1; 0 ranks by score alone. */
  readonly diversity: number;
  /** Share of the list that may carry one genre, 0..1; 1 lifts the cap. */
  readonly genreShare: number;
  /** Share of the list that may come from one network, 0..1; 1 lifts the cap. */
  readonly networkShare: number;
  /** Weeks after which having been shown counts half; 0 lets it never count. */
  readonly exposureHalfLifeWeeks: number;
  /** Months after its last play before a completed series may be offered again. */
  readonly rewatchAfterMonths: number;
  /** Completed series offered again at most, after the first-time picks. */
  readonly rewatchPicks: number;
  /**
   * Whether it counts who watched what together. If not, nothing is learnt from the histories of others but how many of them
   * watched each title, and that only where at least 5 share theirs.
   */
  readonly collaborative: boolean;
}

/** Novelty of 0.3 costs no measured quality, 0.5 costs 3 %; the caps are for lists that novelty alone leaves lopsided. */
export const DEFAULT_SELECTION: SelectionSettings = {
  count: 20,
  diversity: 0.3,
  genreShare: 0.7,
  networkShare: 0.4,
  exposureHalfLifeWeeks: 4,
  rewatchAfterMonths: 12,
  rewatchPicks: 2,
  collaborative: true,
};
