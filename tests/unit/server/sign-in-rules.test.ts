import { describe, expect, it } from 'vitest';
import {
  addressKey,
  lockedUntil,
  type SignInAttempt,
  WINDOW_MS,
} from '../../../src/server/access/sign-in-rules.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);

/** Attempts, the newest first, one second apart. */
function attempts(count: number, what: Partial<SignInAttempt> = {}): SignInAttempt[] {
  return Array.from({ length: count }, (_, index) => ({
    at: ago((index + 1) * 1_000),
    succeeded: false,
    sameName: true,
    sameAddress: false,
    ...what,
  }));
}

describe('the next attempt to sign in', () => {
  it.each([
    ['nothing', []],
    ['four failures of the name', attempts(4)],
    ['many failures that are over', attempts(50, { at: ago(WINDOW_MS) })],
    ['five failures before a success', [...attempts(1, { succeeded: true }), ...attempts(5)]],
    ['nineteen failures of others from here', attempts(19, { sameName: false, sameAddress: true })],
    ['many failures of others elsewhere', attempts(100, { sameName: false })],
    [
      'twenty successes of others from here',
      attempts(20, { sameName: false, sameAddress: true, succeeded: true }),
    ],
  ])('may be made after %s', (_what, before) => {
    expect(lockedUntil(before, NOW)).toBeNull();
  });

  it.each([
    ['five failures of the name', attempts(5), 5],
    ['more than that', attempts(9), 5],
    [
      'four failures since a success and one at last',
      [...attempts(5), ...attempts(1, { succeeded: true })],
      5,
    ],
    ['twenty failures from the address', attempts(20, { sameName: false, sameAddress: true }), 20],
    [
      'twenty failures from the address, with a success in between',
      [
        ...attempts(1, { sameName: false, sameAddress: true, succeeded: true }),
        ...attempts(20, { sameName: false, sameAddress: true }),
      ],
      20,
    ],
    [
      'sixty attempts from the address',
      attempts(60, { sameName: false, sameAddress: true, succeeded: true }),
      60,
    ],
  ])('waits after %s until fewer are left in the window', (_what, before, decisive) => {
    expect(lockedUntil(before, NOW)).toEqual(new Date(NOW.getTime() - decisive * 1_000 + WINDOW_MS));
  });

  it('waits for the later of two locks', () => {
    const both = [
      ...attempts(5, { at: ago(1_000) }),
      ...attempts(20, { sameAddress: true, at: ago(60_000) }),
    ];
    expect(lockedUntil(both, NOW)).toEqual(new Date(NOW.getTime() - 1_000 + WINDOW_MS));
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    [null, 'unknown'],
  ])('%s counts as %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
