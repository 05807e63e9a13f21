import type { Principal } from '../../schema/principal.ts';
import type { Logger } from '../platform/log.ts';

/** Longest wait that a timer takes, ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Looks at a key again when it expires, and every `recheckMs` before, and tells when it holds no more. A look that fails
 * is made again at the next time.
 *
 * @param options.find who holds the key now; null when nobody does any more
 * @param options.onEnd is told once, with the reason for people
 * @returns ends the watch
 */
export function watchKey(options: {
  readonly holder: Principal;
  readonly find: () => Promise<Principal | null>;
  readonly recheckMs: number;
  readonly onEnd: (reason: string) => void;
  readonly log: Logger;
}): () => void {
  let timer: NodeJS.Timeout;
  let isOver = false;

  const look = async (holder: Principal) => {
    const found = await options.find().catch((error: unknown) => {
      options.log.warn({ err: error }, 'the key of a WebSocket could not be checked');
      return holder;
    });
    if (isOver) return;
    if (found) plan(found);
    else options.onEnd(endReason(holder));
  };
  const plan = (holder: Principal) => {
    const leftMs = (holder.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now();
    // One more, as a timer may fire within the last millisecond.
    const waitMs = Math.min(Math.max(leftMs + 1, 1), options.recheckMs, LONGEST_TIMER_MS);
    timer = setTimeout(() => void look(holder), waitMs).unref();
  };
  plan(options.holder);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** Why a key that held a while ago holds no more, as the reason of a closed WebSocket. */
export function endReason(holder: Principal | undefined): string {
  if (holder?.expiresAt && holder.expiresAt.getTime() <= Date.now()) return 'The key has expired';
  return 'The key is not valid any more';
}
