import { listLibraries } from './create-library.ts';
import { readItemPages } from './item-pages.ts';
import type { MediaUser } from './media-server.ts';
import { parseList } from './parse-server.ts';
import { parseUser } from './parse-users.ts';
import type { ServerConnection } from './server-connection.ts';
import { badAnswer } from './server-errors.ts';

/**
 * Reads all users. The list is believed whole or not at all: a user who is not in it counts as gone. The folders that a
 * user may see are named by the libraries' ids, whichever of a library's ids the server itself uses in the policy (Emby
 * a Guid, Jellyfin the id).
 *
 * @throws ShowrunnerError `MEDIA_SERVER_BAD_ANSWER` when one cannot be read
 */
export async function listServerUsers(
  connection: ServerConnection,
  pageSize: number,
  signal: AbortSignal,
): Promise<readonly MediaUser[]> {
  const found = await listUsersAs(connection, pageSize, signal, readUser);
  if (found.every((user) => user.enableAllFolders)) return found;
  return withLibraryIds(found, await listLibraries(connection, signal));
}

function readUser(raw: unknown): MediaUser {
  const user = parseUser(raw);
  if (user) return user;
  throw badAnswer('The media server told of a user who cannot be read.', { retryable: true });
}

/** Reads all users, each as `parse` reads it; those of which it makes null are left out. */
export async function listUsersAs<User>(
  connection: ServerConnection,
  pageSize: number,
  signal: AbortSignal,
  parse: (raw: unknown) => User | null,
): Promise<User[]> {
  const { users, pagesUsers } = await connection.rules(signal);
  const found: User[] = [];
  const pages = readItemPages({
    fetchPage: async (start, limit, pageSignal) => {
      const query = pagesUsers
        ? { ...users.query, StartIndex: String(start), Limit: String(limit) }
        : users.query;
      const list = parseList(await connection.read({ ...users, query }, pageSignal));
      if (!list) throw badAnswer('The media server did not answer with a list of users.');
      return list;
    },
    parse,
    pageSize: pagesUsers ? pageSize : Number.MAX_SAFE_INTEGER,
    signal,
  });
  for await (const page of pages) found.push(...page.items);
  return found;
}

function withLibraryIds(
  users: readonly MediaUser[],
  libraries: Awaited<ReturnType<typeof listLibraries>>,
): readonly MediaUser[] {
  const ids = new Map(
    libraries.flatMap(({ library, aliases }) => aliases.map((alias) => [folded(alias), library.id] as const)),
  );
  return users.map((user) => ({
    ...user,
    enabledFolders: [...new Set(user.enabledFolders.map((id) => ids.get(folded(id)) ?? id))],
  }));
}

/** Guids are written with or without dashes, in either case. */
function folded(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}
