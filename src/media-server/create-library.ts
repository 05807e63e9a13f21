import { ShowrunnerError } from '../platform/errors.ts';
import { wait } from '../platform/wait.ts';
import type { MediaLibrary } from './media-server.ts';
import { isNewLibrary, type NamedLibrary, parseLibrary, parseList } from './parse-server.ts';
import type { ServerConnection } from './server-connection.ts';
import { badAnswer } from './server-errors.ts';
import { isSamePath } from './server-path.ts';

const LOOKS = 20;
const PAUSE_MS = 500;

/**
 * Reads the server's libraries; those that have no id yet are left out. The list is believed whole or not at all: a
 * library that is not in it counts as gone.
 *
 * @throws ShowrunnerError `MEDIA_SERVER_BAD_ANSWER` when one cannot be read
 */
export async function listLibraries(
  connection: ServerConnection,
  signal: AbortSignal,
): Promise<NamedLibrary[]> {
  const { libraries } = await connection.rules(signal);
  const list = parseList(await connection.read(libraries, signal));
  if (!list) throw badAnswer('The media server did not answer with a list of libraries.');
  return list.items.flatMap((raw) => {
    const library = parseLibrary(raw);
    if (library) return library;
    if (isNewLibrary(raw)) return [];
    throw badAnswer('The media server told of a library that cannot be read.', { retryable: true });
  });
}

/**
 * Creates a TV library over one folder, or returns the one that is already there. The server tells no id when it creates a
 * library, and may change the name, so the new one is looked for by its folder.
 *
 * @throws ShowrunnerError `CONFLICT` when another library has that name, `MEDIA_SERVER_*` when the server does not do it
 */
export async function createServerLibrary(
  connection: ServerConnection,
  input: { readonly name: string; readonly path: string; readonly signal: AbortSignal },
): Promise<MediaLibrary> {
  const { name, path, signal } = input;
  const libraries = await listLibraries(connection, signal);
  const existing = findByPath(libraries, path);
  if (existing) return existing;
  if (libraries.some(({ library }) => library.name.toLowerCase() === name.toLowerCase())) {
    throw new ShowrunnerError('CONFLICT', `The media server has a library "${name}" over another folder.`, {
      field: 'name',
      value: name,
      remedy: 'Rename or remove that library, or choose another name.',
    });
  }
  const { createLibrary } = await connection.rules(signal);
  const failure = await connection.send(createLibrary({ name, path }), signal).then(
    () => undefined,
    (error: unknown) => error,
  );
  signal.throwIfAborted();
  const created = await lookFor(connection, path, signal, failure === undefined ? LOOKS : 1);
  if (created) return created;
  throw failure === undefined
    ? badAnswer(`The media server said that it created the library "${name}", but does not list it.`, {
        retryable: true,
      })
    : withRemedy(failure, name, path);
}

/** Looks a few times: until the server has looked at a new library itself, the library has no id. */
async function lookFor(
  connection: ServerConnection,
  path: string,
  signal: AbortSignal,
  looks: number,
): Promise<MediaLibrary | undefined> {
  for (let look = 1; ; look++) {
    const found = findByPath(await listLibraries(connection, signal), path);
    if (found || look >= looks) return found;
    await wait(PAUSE_MS, signal);
  }
}

function findByPath(libraries: readonly NamedLibrary[], path: string): MediaLibrary | undefined {
  return libraries.find(({ library }) => library.locations.some((each) => isSamePath(each, path)))?.library;
}

function withRemedy(failure: unknown, name: string, path: string): unknown {
  if (!(failure instanceof ShowrunnerError) || failure.code !== 'MEDIA_SERVER_BAD_ANSWER') return failure;
  return badAnswer(`The media server did not create the library "${name}". ${failure.message}`, {
    field: 'path',
    value: path,
    remedy: 'Check that the media server sees this folder under this path and may read it.',
    retryable: failure.retryable,
    cause: failure,
  });
}
