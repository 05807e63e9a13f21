import { type SignInDesk, SignInLocked } from '../../../schema/sign-in-desk.ts';
import type { MediaServer, SignedInUser } from '../../media-server/media-server.ts';
import type { Database } from '../../platform/database.ts';
import { ShowrunnerError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { sha256 } from '../../platform/secrets.ts';
import { insertApiKey } from './api-keys.repo.ts';
import { newKey, toNewApiKey } from './new-key.ts';
import {
  type Applicant,
  deleteAttempt,
  deleteOldSessions,
  findActiveUser,
  markSucceeded,
  noteAttempt,
} from './sign-in-attempts.repo.ts';
import { addressKey, lockedUntil, WINDOW_MS } from './sign-in-rules.ts';

/** Longest wait for the media server, ms. */
const TIME_LIMIT_MS = 20_000;
const DAY_MS = 86_400_000;

/** What signing in is made of. */
export interface SignInOptions {
  readonly db: Database;
  /** Throws `BAD_CONFIGURATION` when there is none. */
  readonly mediaServer: () => Pick<MediaServer, 'signIn'>;
  /** How long a session lasts, ms. */
  readonly sessionMs: number;
  readonly now: () => Date;
  readonly log: Logger;
}

/**
 * Lets users in by the name and password that they have at the media server, which alone knows them. An attempt is noted
 * before the server is asked, so that attempts made at once, on any process, count like those made one after the other.
 */
export function createSignInDesk({ db, mediaServer, sessionMs, now, log }: SignInOptions): SignInDesk {
  const noted = async (applicant: Applicant): Promise<number> => {
    const at = now();
    const before = (ms: number) => new Date(at.getTime() - ms);
    const times = { now: at, since: before(WINDOW_MS), forgetBefore: before(DAY_MS) };
    const outcome = await noteAttempt(db, applicant, times, (attempts) => lockedUntil(attempts, at));
    if ('id' in outcome) return outcome.id;
    throw new SignInLocked(outcome.refusal);
  };

  const userOf = async (signedIn: SignedInUser | null) => {
    if (!signedIn) throw refused();
    const user = signedIn.isDisabled ? undefined : await findActiveUser(db, signedIn.id);
    if (user) return user;
    log.info(
      { user: signedIn.name },
      'a sign-in was refused: the user is locked out, or not read by sync-users',
    );
    throw refused();
  };

  return {
    signIn: async ({ name, password, address }) => {
      const server = mediaServer();
      const nameHash = sha256(name.trim().normalize('NFC').toLowerCase());
      const attempt = await noted({ nameHash, address: addressKey(address) });
      const signedIn = await server
        .signIn({ name: name.trim(), password, signal: AbortSignal.timeout(TIME_LIMIT_MS) })
        .catch(async (error: unknown) => {
          await deleteAttempt(db, attempt);
          throw error instanceof ShowrunnerError ? error : unreachable(error);
        });
      const user = await userOf(signedIn);
      const at = now();
      const key = newKey();
      const expiresAt = new Date(at.getTime() + sessionMs);
      const session = {
        kind: 'SESSION',
        name: user.name,
        role: 'VIEWER',
        userId: user.id,
        expiresAt,
      } as const;
      await markSucceeded(db, attempt);
      await deleteOldSessions(db, new Date(at.getTime() - DAY_MS));
      return { key, row: await insertApiKey(db, toNewApiKey(key, session, at)) };
    },
  };
}

function refused(): ShowrunnerError {
  return new ShowrunnerError('SIGN_IN_REFUSED', 'This name and password do not sign in.', {
    remedy: 'Check both, or ask an administrator whether the account is enabled and known to Showrunner.',
  });
}

function unreachable(cause: unknown): ShowrunnerError {
  return new ShowrunnerError('MEDIA_SERVER_UNREACHABLE', 'The media server did not answer in time.', {
    remedy: 'Try again in a moment.',
    retryable: true,
    cause,
  });
}
