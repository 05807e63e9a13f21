/** Maps what an async iterator gives, one item at a time as it is asked for; ending the result ends the source. */
export function mapAsync<From, To>(
  source: AsyncIterableIterator<From>,
  map: (item: From) => To,
): AsyncIterableIterator<To> {
  const mapped = ({ done, value }: IteratorResult<From, unknown>): IteratorResult<To, undefined> =>
    done ? { done: true, value: undefined } : { done: false, value: map(value) };
  return {
    next: () => source.next().then(mapped),
    return: async () => {
      await source.return?.();
      return { done: true, value: undefined };
    },
    throw: async (error: unknown) => {
      await source.return?.();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
