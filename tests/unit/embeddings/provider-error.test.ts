import { describe, expect, it } from 'vitest';
import { providerError, retryAfterMs } from '../../../src/embeddings/provider-error.ts';

const of = (status: number | undefined, code?: string) =>
  providerError({ status, code, message: 'no', cause: undefined }, 'some-model');

describe('providerError', () => {
  it.each([
    [401, 'PROVIDER_REFUSED', false],
    [403, 'PROVIDER_REFUSED', false],
    [404, 'PROVIDER_REFUSED', false],
    [400, 'BAD_INPUT', false],
    [413, 'BAD_INPUT', false],
    [422, 'BAD_INPUT', false],
    [408, 'PROVIDER_UNREACHABLE', true],
    [429, 'PROVIDER_UNREACHABLE', true],
    [500, 'PROVIDER_UNREACHABLE', true],
    [503, 'PROVIDER_UNREACHABLE', true],
    [undefined, 'PROVIDER_UNREACHABLE', true],
  ])('maps status %s to %s', (status, code, retryable) => {
    expect(of(status)).toMatchObject({ code, retryable });
  });

  it('does not wait for an account without credit', () => {
    expect(of(429, 'insufficient_quota')).toMatchObject({ code: 'PROVIDER_REFUSED', retryable: false });
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');

  it('reads seconds and dates', () => {
    expect(retryAfterMs('2', now)).toBe(2000);
    expect(retryAfterMs('Fri, 20 Nov 2026 12:00:05 GMT', now)).toBe(5000);
    expect(retryAfterMs('Fri, 20 Nov 2026 11:00:00 GMT', now)).toBe(0);
  });

  it('ignores what it cannot read', () => {
    expect(retryAfterMs(null, now)).toBeUndefined();
    expect(retryAfterMs(' ', now)).toBeUndefined();
    expect(retryAfterMs('soon', now)).toBeUndefined();
  });
});
