/**
 * How the scores of a group's members make one (Masthoff 2011, "Group Recommender Systems"): the mean of all, the least
 * of all, or the mean of these two, which likes what all like and spares nobody.
 */
export const GROUP_STRATEGIES = ['MIXED', 'AVERAGE', 'LEAST_MISERY'] as const;
export type GroupStrategy = (typeof GROUP_STRATEGIES)[number];

/** How much the least happy member counts beside the mean. */
const MISERY_SHARE: Readonly<Record<GroupStrategy, number>> = { AVERAGE: 0, MIXED: 0.5, LEAST_MISERY: 1 };

/** One member's part of a group's score. */
export interface MemberShare {
  /** Standard deviations above the member's mean over the candidates. */
  readonly score: number;
  /** What it adds to the group's score; the shares of all members sum to it. */
  readonly share: number;
}

/**
 * Standardises the scores of one member over the group's candidates, so that nobody counts more because their scores
 * spread wider; all zero where they do not spread. What is no number counts as the mean.
 */
export function memberScores(scores: readonly number[]): number[] {
  const known = scores.filter((score) => Number.isFinite(score));
  const mean = known.reduce((sum, score) => sum + score, 0) / Math.max(1, known.length);
  const variance = known.reduce((sum, score) => sum + (score - mean) ** 2, 0) / Math.max(1, known.length);
  const spread = Math.sqrt(variance);
  return scores.map((score) => (Number.isFinite(score) && spread > 0 ? (score - mean) / spread : 0));
}

/** The parts that the members of a group, at least one, have in the score of one title. */
export function groupShares(scores: readonly number[], strategy: GroupStrategy): MemberShare[] {
  const misery = MISERY_SHARE[strategy];
  const least = Math.min(...scores);
  const unhappy = scores.filter((score) => score === least).length;
  return scores.map((score) => {
    const asLeast = score === least ? (misery * least) / unhappy : 0;
    return { score, share: ((1 - misery) * score) / scores.length + asLeast };
  });
}

/** The score of a group: the sum of its members' shares. */
export function groupScore(shares: readonly MemberShare[]): number {
  return shares.reduce((sum, { share }) => sum + share, 0);
}
