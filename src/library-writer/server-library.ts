import type { Policy, ServerLibrary } from '../media-server/library-control.ts';
import type { MediaServer } from '../media-server/media-server.ts';
import { isSamePath } from '../media-server/server-path.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { granted, revoked } from './library-access.ts';
import type { LibraryContext } from './library-context.ts';
import { repairedOptions } from './library-drift.ts';
import { forgetServerLibrary } from './library-writer.repo.ts';
import { sanitizeName } from './sanitize-name.ts';

/** What the media server says of libraries and users' rights, read once for a run and kept up to date by it. */
export interface ServerView {
  /** By the server's id. */
  readonly libraries: Map<string, ServerLibrary>;
  /** By the server's id of the user. */
  readonly policies: Map<string, Policy>;
}

/** Reads all libraries and policies of the media server. */
export async function readServer(mediaServer: MediaServer, signal: AbortSignal): Promise<ServerView> {
  const libraries = await mediaServer.serverLibraries(signal);
  const policies = await mediaServer.policies(signal);
  return { libraries: byId(libraries), policies: new Map(policies) };
}

/** The server's library over the folder `serverPath`, a path as the server sees it. */
export function libraryAt(server: ServerView, serverPath: string): ServerLibrary | undefined {
  return [...server.libraries.values()].find((library) =>
    library.locations.some((location) => isSamePath(location, serverPath)),
  );
}

/** A user and the folder of their library, as the server names both. */
export interface Wanted {
  readonly userName: string;
  /** The server's id of the user. */
  readonly userId: string;
  readonly serverPath: string;
}

/**
 * Creates a library over the folder as `<userName>'s picks`. The folder must exist: a server refuses a library over
 * nothing.
 */
export async function createOwnLibrary(
  { mediaServer, signal }: Pick<LibraryContext, 'mediaServer' | 'signal'>,
  server: ServerView,
  wanted: Wanted,
): Promise<ServerLibrary> {
  const name = freeLibraryName(server, wanted.userName);
  const { id } = await mediaServer.createLibrary({ name, path: wanted.serverPath, signal });
  for (const [key, library] of byId(await mediaServer.serverLibraries(signal)))
    server.libraries.set(key, library);
  const created = server.libraries.get(id);
  if (created) return created;
  throw new ShowrunnerError('MEDIA_SERVER_BAD_ANSWER', `The new library "${name}" has gone again.`, {
    retryable: true,
  });
}

/** Sets a library's options again; what they hold beside ours stays. */
export async function repairLibrary(
  { mediaServer, signal }: Pick<LibraryContext, 'mediaServer' | 'signal'>,
  server: ServerView,
  library: ServerLibrary,
): Promise<void> {
  const options = repairedOptions(library.options ?? {});
  await mediaServer.setLibraryOptions({ libraryId: library.id, options, signal });
  server.libraries.set(library.id, { ...library, options });
}

/**
 * Opens a library to a user whose policy lists what they may open: the whole policy is read anew and written back.
 *
 * @returns whether the policy was changed
 */
export async function grantLibrary(
  context: Pick<LibraryContext, 'mediaServer' | 'signal'>,
  server: ServerView,
  userId: string,
  library: ServerLibrary,
): Promise<boolean> {
  return changePolicy(context, server, userId, (policy) => granted(policy, library));
}

/** Removes a library of ours from the server and from the policy of its user; no file is touched. */
export async function removeOwnLibrary(
  context: LibraryContext,
  server: ServerView,
  userId: string,
  library: ServerLibrary,
): Promise<void> {
  const { db, mediaServer, signal } = context;
  if (server.policies.has(userId))
    await changePolicy(context, server, userId, (policy) => revoked(policy, library));
  await mediaServer.removeLibrary({ libraryId: library.id, signal });
  server.libraries.delete(library.id);
  await db.transaction((tx) => forgetServerLibrary(tx, library.id, context.now()));
}

async function changePolicy(
  { mediaServer, signal }: Pick<LibraryContext, 'mediaServer' | 'signal'>,
  server: ServerView,
  userId: string,
  change: (policy: Policy) => Policy | null,
): Promise<boolean> {
  const policy = change(await mediaServer.policy(userId, signal));
  if (!policy) return false;
  await mediaServer.setPolicy({ userId, policy, signal });
  server.policies.set(userId, policy);
  return true;
}

/** Both servers keep a library in a folder of its name, so two of one name cannot be. */
export function freeLibraryName(server: ServerView, userName: string): string {
  const taken = new Set([...server.libraries.values()].map((library) => library.name.toLowerCase()));
  const plain = `${sanitizeName(userName, 100)}'s picks`;
  let name = plain;
  for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${plain} ${number}`;
  return name;
}

function byId(libraries: readonly ServerLibrary[]): Map<string, ServerLibrary> {
  return new Map(libraries.map((library) => [library.id, library]));
}
