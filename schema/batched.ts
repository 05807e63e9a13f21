/**
 * Makes a reader of many a reader of one that reads all that is asked for in the same turn together: fields of the
 * items of a list then cost one read for the whole list. Nothing is kept, so that a subscription sees what is now.
 *
 * @param read gives the values in the order of the keys
 */
export function batched<Key, Value>(
  read: (keys: readonly Key[]) => Promise<readonly Value[]>,
): (key: Key) => Promise<Value> {
  let batch: { readonly keys: Key[]; readonly values: Promise<readonly Value[]> } | undefined;
  const open = () => {
    const keys: Key[] = [];
    const values = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      batch = undefined;
      return read(keys);
    });
    return { keys, values };
  };
  return async (key) => {
    batch ??= open();
    const index = batch.keys.push(key) - 1;
    const values = await batch.values;
    const value = values[index];
    if (value === undefined) throw new TypeError('A batch was answered with fewer values than keys.');
    return value;
  };
}
