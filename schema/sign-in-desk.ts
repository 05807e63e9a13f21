import { ShowrunnerError } from '../src/platform/errors.ts';
import type { ShownKey } from './key-ring.ts';

/** Lets users of the media server in. */
export interface SignInDesk {
  /**
   * Makes a session for the user with this name and password of the media server. Throws `SIGN_IN_REFUSED`, the same for
   * an unknown name, a wrong password and an account that may not sign in; `SignInLocked` after too many failures; and
   * `MEDIA_SERVER_*`.
   *
   * @param input.address where the caller is; null counts as one address
   */
  signIn(input: {
    readonly name: string;
    readonly password: string;
    readonly address: string | null;
  }): Promise<ShownKey>;
}

/** Too many failures: nobody signs in with this name or from this address for a while. */
export class SignInLocked extends ShowrunnerError {
  readonly until: Date;

  constructor(until: Date) {
    super('SIGN_IN_LOCKED', `Too many attempts. Sign in again after ${until.toISOString()}.`, {
      remedy: 'Wait until then, or ask an administrator for a key.',
      retryable: true,
    });
    this.until = until;
  }
}
