import type { ServerConnection } from './server-connection.ts';
import { isNotFound } from './server-errors.ts';

/**
 * Marks an episode as played. Jellyfin before 10.9 does not know today's path and answers 404, as it also does for an
 * item that is gone: the older path is tried then, and what it answers counts.
 */
export async function markItemPlayed(
  connection: ServerConnection,
  {
    signal,
    ...input
  }: {
    readonly userId: string;
    readonly itemId: string;
    readonly at: Date;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { markPlayed, markPlayedBefore } = await connection.rules(signal);
  try {
    await connection.send(markPlayed(input), signal);
  } catch (error) {
    if (!markPlayedBefore || !isNotFound(error)) throw error;
    await connection.send(markPlayedBefore(input), signal);
  }
}
