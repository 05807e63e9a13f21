/** Work that goes on while more of it is begun. */
export interface InFlight {
  /** Adds work, and waits until fewer than the limit are left; throws what an earlier one failed with. */
  add(work: Promise<void>): Promise<void>;
  /** Waits for all; throws what one failed with. */
  settled(): Promise<void>;
}

/** Lets at most `limit` pieces of work go on at a time. */
export function inFlight(limit: number): InFlight {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const throwFailure = () => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    add: async (work) => {
      const watched = work
        .catch((error: unknown) => {
          failures.push(error);
        })
        .finally(() => running.delete(watched));
      running.add(watched);
      while (running.size >= limit) await Promise.race(running);
      throwFailure();
    },
    settled: async () => {
      await Promise.all(running);
      throwFailure();
    },
  };
}
