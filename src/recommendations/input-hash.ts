import { createHash } from 'node:crypto';
import type { Pause } from './steps.ts';

/** Hash of values that have a JSON form: equal inputs give equal recommendations. */
export function inputHash(parts: readonly unknown[]): string {
  return shortly(createHash('sha256').update(JSON.stringify(parts)));
}

/**
 * The same for long lists, an item at a time.
 *
 * @param pause awaited between two items; may reject to stop
 */
export async function hashOfLists(lists: readonly (readonly unknown[])[], pause: Pause): Promise<string> {
  const hash = createHash('sha256');
  for (const list of lists) {
    hash.update(`${list.length}\n`);
    for (const item of list) {
      hash.update(JSON.stringify(item) ?? '').update('\n');
      await pause();
    }
  }
  return shortly(hash);
}

function shortly(hash: ReturnType<typeof createHash>): string {
  return hash.digest('hex').slice(0, 32);
}
