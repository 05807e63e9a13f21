import { ShowrunnerError } from '../platform/errors.ts';
import { listLibraries } from './create-library.ts';
import { get } from './dialect.ts';
import { readId, readRecord } from './foreign-values.ts';
import type { LibraryControl, Policy } from './library-control.ts';
import { listUsersAs } from './list-users.ts';
import type { ServerConnection } from './server-connection.ts';
import { badAnswer, isNotFound } from './server-errors.ts';

/**
 * Administers a server's libraries and policies. Both servers share the paths but one: `POST
 * /Library/VirtualFolders/LibraryOptions`, `GET /Users/{id}` and `POST /Users/{id}/Policy`.
 */
export function createLibraryControl(connection: ServerConnection, pageSize: number): LibraryControl {
  const serverLibraries: LibraryControl['serverLibraries'] = async (signal) =>
    (await listLibraries(connection, signal)).map(({ library, ...rest }) => ({ ...library, ...rest }));

  return {
    serverLibraries,
    setLibraryOptions: ({ libraryId, options, signal }) =>
      connection.send(
        {
          method: 'POST',
          path: '/Library/VirtualFolders/LibraryOptions',
          query: {},
          json: { Id: libraryId, LibraryOptions: options },
          idempotent: true,
        },
        signal,
      ),
    removeLibrary: async ({ libraryId, signal }) => {
      const isThere = async () => (await serverLibraries(signal)).find(({ id }) => id === libraryId);
      const library = await isThere();
      if (!library) return;
      const { removeLibrary } = await connection.rules(signal);
      const failure: unknown = await connection.send(removeLibrary(library), signal).then(
        () => null,
        (error: unknown) => error,
      );
      signal.throwIfAborted();
      // Whatever the answer was: a repeated request finds nothing left to remove, and is refused.
      if (!(await isThere())) return;
      throw (
        failure ??
        badAnswer(
          `The media server said that it removed the library "${library.name}", but still lists it.`,
          {
            remedy: 'Remove the library in the dashboard of the media server.',
            retryable: true,
          },
        )
      );
    },
    policies: async (signal) => {
      const users = await listUsersAs(connection, pageSize, signal, readPolicy);
      return new Map(users);
    },
    policy: async (userId, signal) => {
      const answer = await connection
        .read(get(`/Users/${encodeURIComponent(userId)}`), signal)
        .catch((error: unknown) => {
          throw isNotFound(error) ? noSuchUser(error) : error;
        });
      const [, policy] = readPolicy(answer) ?? [];
      if (policy) return policy;
      throw badAnswer('The media server did not tell the policy of a user.', { retryable: true });
    },
    setPolicy: ({ userId, policy, signal }) =>
      connection.send(
        {
          method: 'POST',
          path: `/Users/${encodeURIComponent(userId)}/Policy`,
          query: {},
          json: policy,
          idempotent: true,
        },
        signal,
      ),
  };
}

/** A user's id and policy, with every property as the server wrote it; null where it tells none. */
function readPolicy(raw: unknown): readonly [string, Policy] | null {
  const user = readRecord(raw);
  const policy = readRecord(user?.Policy);
  const id = readId(user?.Id);
  return id === null || !policy ? null : [id, policy];
}

function noSuchUser(cause: unknown): ShowrunnerError {
  return new ShowrunnerError('NOT_FOUND', 'The media server does not know this user any more.', {
    remedy: 'Run sync-users.',
    cause,
  });
}
