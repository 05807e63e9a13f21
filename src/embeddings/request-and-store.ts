/** Work that is asked of another side and then stored here. */
interface Pipeline<Item, Answer> {
  readonly items: readonly Item[];
  /** Requests that may be open at the same time. */
  readonly width: number;
  request(item: Item, signal: AbortSignal): Promise<Answer>;
  store(answer: Answer): Promise<void>;
}

/**
 * Works through the items. Answers are stored one after the other while the next requests are open already, so that the
 * other side never waits for the store; no more than `width` answers wait to be stored. The first error stops all
 * requests and is thrown when everything has ended; what was answered by then is stored.
 */
export async function requestAndStore<Item, Answer>(
  signal: AbortSignal,
  { items, width, request, store }: Pipeline<Item, Answer>,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const queue = items.values();
  let failure: { error: unknown } | undefined;
  let stored = Promise.resolve();
  const fail = (error: unknown) => {
    failure ??= { error };
    stop.abort(error);
  };
  const lane = async () => {
    let own = Promise.resolve();
    for (const item of queue) {
      if (either.aborted) break;
      try {
        const answer = await request(item, either);
        await own;
        own = stored.then(() => store(answer)).catch(fail);
        stored = own;
      } catch (error) {
        fail(error);
      }
    }
    await own;
  };
  await Promise.all(Array.from({ length: width }, lane));
  signal.throwIfAborted();
  if (failure) throw failure.error;
}
