import { z } from 'zod';
import { foreign } from './foreign-values.ts';
import type { ParentalRating } from './media-server.ts';
import { parseList } from './parse-server.ts';
import type { ServerConnection } from './server-connection.ts';
import { badAnswer } from './server-errors.ts';

const RatingShape = z.object({
  Name: foreign.name,
  Value: foreign.count,
  RatingScore: foreign.entries,
});

/**
 * Reads the age ratings that the server knows. Since 10.11 Jellyfin has the value a second time as `RatingScore.score`
 * (its ParentalRating); one without any value is left out.
 *
 * @throws ShowrunnerError `MEDIA_SERVER_BAD_ANSWER` when it does not answer with a list
 */
export async function listParentalRatings(
  connection: ServerConnection,
  signal: AbortSignal,
): Promise<ParentalRating[]> {
  const { parentalRatings } = await connection.rules(signal);
  const list = parseList(await connection.read(parentalRatings, signal));
  if (!list) throw badAnswer('The media server did not answer with a list of age ratings.');
  return list.items.map(parseParentalRating).filter((rating) => rating !== null);
}

/** Reads an age rating; null without a name or a value. */
export function parseParentalRating(raw: unknown): ParentalRating | null {
  const { data } = RatingShape.safeParse(raw);
  if (!data || data.Name === null) return null;
  const score = data.RatingScore.get('score');
  const value = data.Value ?? (Number.isInteger(score) ? Number(score) : null);
  return value === null ? null : { name: data.Name, value };
}
