import { describe, expect, test } from 'vitest';
import { HttpError } from '../../../src/platform/http-error.ts';
import { mayRepeat, parseRetryAfter, retryDelay } from '../../../src/platform/http-retry.ts';

const status = (code: number) => new HttpError('STATUS', '', { status: code });
const get = { method: 'GET' } as const;
const post = { method: 'POST' } as const;
const repeatablePost = { method: 'POST', idempotent: true } as const;

describe('a request may be sent again', () => {
  test.each([408, 429, 500, 502, 503, 504])('after status %d when it is a GET', (code) => {
    expect(mayRepeat(status(code), get)).toBe(true);
  });

  test.each([300, 400, 401, 403, 404, 501])('not after status %d', (code) => {
    expect(mayRepeat(status(code), get)).toBe(false);
  });

  test('as a POST only when it surely did nothing', () => {
    expect(mayRepeat(new HttpError('NOT_CONNECTED', ''), post)).toBe(true);
    expect([429, 503].map((code) => mayRepeat(status(code), post))).toEqual([true, true]);
    expect([408, 500, 502, 504].map((code) => mayRepeat(status(code), post))).toEqual(Array(4).fill(false));
    expect(mayRepeat(new HttpError('CONNECTION_LOST', ''), post)).toBe(false);
    expect(mayRepeat(new HttpError('TIMEOUT', ''), post)).toBe(false);
  });

  test('as a POST that is idempotent like a GET, but for its body', () => {
    expect(mayRepeat(new HttpError('TIMEOUT', ''), repeatablePost)).toBe(true);
    expect(mayRepeat(status(502), repeatablePost)).toBe(true);
    expect(mayRepeat(new HttpError('CUT_BODY', ''), repeatablePost)).toBe(false);
  });

  test('after a broken body, but not after a web page', () => {
    expect(mayRepeat(new HttpError('INVALID_BODY', '', { text: '{"Items":[' }), get)).toBe(true);
    expect(mayRepeat(new HttpError('INVALID_BODY', '', { text: '\n<!doctype html>' }), get)).toBe(false);
    expect(mayRepeat(new HttpError('CUT_BODY', ''), get)).toBe(true);
  });

  test('never after a refused certificate or an endless body', () => {
    expect(mayRepeat(new HttpError('UNTRUSTED', ''), get)).toBe(false);
    expect(mayRepeat(new HttpError('TOO_LARGE', ''), get)).toBe(false);
  });
});

describe('the wait', () => {
  const options = { backoffMs: 100, maxDelayMs: 1_000 };

  test('doubles, with jitter over the upper half', () => {
    expect([1, 2, 3].map((attempt) => retryDelay(attempt, undefined, 1, options))).toEqual([100, 200, 400]);
    expect([1, 2, 3].map((attempt) => retryDelay(attempt, undefined, 0, options))).toEqual([50, 100, 200]);
  });

  test('is what the server asks for, within the limit', () => {
    expect(retryDelay(1, 700, 0, options)).toBe(700);
    expect(retryDelay(1, 86_400_000, 0, options)).toBe(1_000);
    expect(retryDelay(9, undefined, 1, options)).toBe(1_000);
  });
});

test.each([
  ['120', 120_000],
  ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  [null, undefined],
])('Retry-After %j means %j ms [RFC 9110 §10.2.3]', (header, expected) => {
  const parsed = parseRetryAfter(header, new Date('2026-11-21T12:00:00Z'));
  expect(parsed).toBe(expected);
});
