import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTokenBucket } from '../../../src/platform/token-bucket.ts';

const signal = new AbortController().signal;

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

/** When each of so many callers at once goes on, in ms. */
async function times(bucket: ReturnType<typeof createTokenBucket>, callers: number): Promise<number[]> {
  const wentOn: number[] = [];
  const all = Array.from({ length: callers }, async () => {
    await bucket.take(new AbortController().signal);
    wentOn.push(Date.now());
  });
  await vi.runAllTimersAsync();
  await Promise.all(all);
  return wentOn;
}

describe('a token bucket', () => {
  it('lets a burst through, then keeps to the rate', async () => {
    const bucket = createTokenBucket({ capacity: 3, perSecond: 10, now: Date.now });
    expect(await times(bucket, 6)).toEqual([0, 0, 0, 100, 200, 300]);
    vi.setSystemTime(10_000);
    expect(await times(bucket, 4)).toEqual([10_000, 10_000, 10_000, 10_100]);
  });

  it('never lets more than 20 through in any 10 seconds at the rate of TVmaze', async () => {
    const bucket = createTokenBucket({ capacity: 2, perSecond: 1.8, now: Date.now });
    const all = await times(bucket, 200);
    const busiest = all.map((start) => all.filter((time) => time >= start && time < start + 10_000).length);
    expect(Math.max(...busiest)).toBeLessThanOrEqual(20);
    expect(all.at(-1)).toBeLessThan(112_000);
  });

  it('holds back those who wait already when it is paused, and does not let them through at once afterwards', async () => {
    const bucket = createTokenBucket({ capacity: 1, perSecond: 10, now: Date.now });
    const waiting = times(bucket, 4);
    bucket.pause(5_000);
    const wentOn = await waiting;
    expect(wentOn[0]).toBeGreaterThanOrEqual(5_000);
    const gaps = wentOn.slice(1).map((time, index) => time - (wentOn[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
  });

  it('lets go of who is aborted, while waiting or before', async () => {
    const bucket = createTokenBucket({ capacity: 1, perSecond: 0.001, now: Date.now });
    await bucket.take(signal);
    const controller = new AbortController();
    const taken = bucket.take(controller.signal);
    controller.abort(new Error('cancelled'));
    await expect(taken).rejects.toThrow('cancelled');
    await expect(bucket.take(controller.signal)).rejects.toThrow('cancelled');
  });
});
