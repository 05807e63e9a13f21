/** Enough to keep the file system busy over a network, few enough to leave file handles to the rest of the program. */
const WORKERS = 16;

/**
 * Runs `work` on every item, a bounded number at a time. Stops at the first failure or when `signal` aborts, and
 * rejects only after the work in hand has ended, so that nothing is written afterwards.
 */
export async function inParallel<Item>(
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failed = false;
  const worker = async () => {
    try {
      for (const item of queue) {
        if (failed) return;
        signal.throwIfAborted();
        await work(item);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: WORKERS }, worker));
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
}
