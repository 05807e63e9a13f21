import { z } from 'zod';
import { ShowrunnerError } from '../platform/errors.ts';
import { HttpError } from '../platform/http-error.ts';
import type { ServerRequest } from './dialect.ts';
import type { SignedInUser } from './media-server.ts';
import type { ServerConnection } from './server-connection.ts';
import { badAnswer } from './server-errors.ts';

const Answer = z.object({
  User: z.object({
    Id: z.string().min(1),
    Name: z.string(),
    Policy: z.object({ IsDisabled: z.boolean().nullish() }).nullish(),
  }),
  AccessToken: z.string().min(1),
});

/** Wrong name or password (401), or an account that is locked out (403 of Jellyfin, UserManager.AuthenticateUser). */
const REFUSALS: readonly (number | undefined)[] = [401, 403];

/**
 * Asks the server whether a name and a password are right (`POST /Users/AuthenticateByName`, Jellyfin's UserController
 * and Emby's "User Authentication"), and ends the session that this makes there.
 *
 * @returns null when the server refuses them
 * @throws ShowrunnerError `MEDIA_SERVER_*` when it cannot be asked
 */
export async function signIn(
  connection: ServerConnection,
  input: { readonly name: string; readonly password: string; readonly signal: AbortSignal },
): Promise<SignedInUser | null> {
  const { name, password, signal } = input;
  const { introduction, authorization } = await connection.rules(signal);
  const credentials = post('/Users/AuthenticateByName', { Username: name, Pw: password });
  const answer = await connection.readAs(introduction, credentials, signal).catch((error: unknown) => {
    if (isRefusal(error)) return null;
    throw error;
  });
  if (answer === null) return null;
  const parsed = Answer.safeParse(answer);
  if (!parsed.success) throw badAnswer('The media server took a password but did not say whose it is.');
  const { User: user, AccessToken: token } = parsed.data;
  // What is left behind when this fails is one session that nobody has the token of.
  await connection.readAs(authorization(token), post('/Sessions/Logout'), signal).catch(() => undefined);
  return { id: user.Id, name: user.Name, isDisabled: user.Policy?.IsDisabled ?? false };
}

function post(path: string, json?: unknown): ServerRequest {
  return { method: 'POST', path, query: {}, ...(json !== undefined && { json }) };
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof ShowrunnerError &&
    error.cause instanceof HttpError &&
    REFUSALS.includes(error.cause.status)
  );
}
