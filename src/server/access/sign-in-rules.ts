import { isIPv6 } from 'node:net';

/** One attempt to sign in that has to do with the next one. */
export interface SignInAttempt {
  readonly at: Date;
  readonly succeeded: boolean;
  /** Whether it was made with the same name, and from the same address. */
  readonly sameName: boolean;
  readonly sameAddress: boolean;
}

/** How far back attempts count, ms. */
export const WINDOW_MS = 15 * 60_000;
const FAILURES_OF_NAME = 5;
const FAILURES_OF_ADDRESS = 20;
const ATTEMPTS_OF_ADDRESS = 60;

/**
 * Until when nobody may try, null when the next attempt may be made. In any 15 minutes there are at most 5 failures of one
 * name (counted anew after a success), 20 failures from one address and 60 attempts from one address.
 *
 * @param attempts those of the same name or address, the newest first
 */
export function lockedUntil(attempts: readonly SignInAttempt[], now: Date): Date | null {
  const recent = attempts.filter(({ at }) => at.getTime() > now.getTime() - WINDOW_MS);
  const ofName = recent.filter(({ sameName }) => sameName);
  const lastSuccess = ofName.findIndex(({ succeeded }) => succeeded);
  const ofAddress = recent.filter(({ sameAddress }) => sameAddress);
  const ends = [
    endOf(lastSuccess < 0 ? ofName : ofName.slice(0, lastSuccess), FAILURES_OF_NAME),
    endOf(
      ofAddress.filter(({ succeeded }) => !succeeded),
      FAILURES_OF_ADDRESS,
    ),
    endOf(ofAddress, ATTEMPTS_OF_ADDRESS),
  ].filter((end) => end !== null);
  return ends.length > 0 ? new Date(Math.max(...ends)) : null;
}

/** When fewer than `most` of these will be left in the window, ms; null when there are fewer. */
function endOf(attempts: readonly SignInAttempt[], most: number): number | null {
  const decisive = attempts[most - 1];
  return decisive ? decisive.at.getTime() + WINDOW_MS : null;
}

/** What counts as one address: an IPv4 address, or the /64 of an IPv6 address, which is what one household gets. */
export function addressKey(address: string | null): string {
  if (address === null) return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  const groups = [...front, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
