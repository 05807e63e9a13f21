/** Tokens that a run may use. */
export interface TokenBudget {
  /** Sets an estimate aside, to be called back with what was really used; null when there is no room for it. */
  reserve(estimate: number): ((used: number) => void) | null;
  /** Tokens really used so far. */
  spent(): number;
}

/** A budget of `limit` tokens for calls that run at the same time: what is under way counts as its estimate. */
export function tokenBudget(limit: number): TokenBudget {
  let spent = 0;
  let reserved = 0;
  return {
    reserve: (estimate) => {
      if (spent + reserved + estimate > limit) return null;
      reserved += estimate;
      return (used) => {
        reserved -= estimate;
        spent += used;
      };
    },
    spent: () => spent,
  };
}
