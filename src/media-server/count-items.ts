import { get } from './dialect.ts';
import { readName, readRecord } from './foreign-values.ts';
import { countQuery } from './item-queries.ts';
import type { MediaServer } from './media-server.ts';
import { parseList } from './parse-server.ts';
import type { ServerConnection } from './server-connection.ts';
import { badAnswer } from './server-errors.ts';

/**
 * Asks how much a library or series holds, in a question of its own: Jellyfin answers it by counting in the database, which its
 * lists without a total do not. The `ChildCount` of the library itself is no help: for a top folder Jellyfin makes up a
 * number (DtoService.GetChildCount).
 */
export async function countItems(
  connection: ServerConnection,
  { libraryId, seriesId, userId, kind, signal }: Parameters<MediaServer['countItems']>[0],
): Promise<number> {
  const type = kind === 'series' ? 'Series' : 'Episode';
  const request = (await connection.rules(signal)).items(userId);
  const query = { ...request.query, ...countQuery(type), ParentId: seriesId ?? libraryId };
  const answer = await connection.read(get(request.path, query), signal);
  const list = Array.isArray(answer) ? null : parseList(answer);
  if (!list) throw badAnswer('The media server did not answer with a list of items.', { retryable: true });
  // Emby answers a query that it does not understand with its root folders, which count nothing.
  if (!list.items.every((raw) => readName(readRecord(raw)?.Type) === type))
    throw badAnswer(`The media server was asked to count ${kind} and told of something else.`, {
      retryable: true,
    });
  return Math.max(list.items.length, list.total ?? 0);
}
