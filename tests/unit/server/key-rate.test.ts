import { describe, expect, it } from 'vitest';
import { createKeyRate } from '../../../src/server/key-rate.ts';

function rate(perSecond: number, atOnce: number) {
  const clock = { ms: 1_000 };
  const { take } = createKeyRate({ perSecond, atOnce, now: () => clock.ms });
  return { take, clock };
}

describe('the rate of a key', () => {
  it('lets a burst pass and then one operation an interval', () => {
    const { take, clock } = rate(10, 3);
    expect([take('a'), take('a'), take('a'), take('a')]).toEqual([0, 0, 0, 100]);
    clock.ms += 100;
    expect([take('a'), take('a')]).toEqual([0, 100]);
  });

  it('takes nothing from who is refused', () => {
    const { take, clock } = rate(10, 1);
    expect([take('a'), take('a'), take('a'), take('a')]).toEqual([0, 100, 100, 100]);
    clock.ms += 60;
    expect(take('a')).toBe(40);
    clock.ms += 40;
    expect(take('a')).toBe(0);
  });

  it('fills up again, but never over the burst', () => {
    const { take, clock } = rate(10, 2);
    take('a');
    clock.ms += 3_600_000;
    expect([take('a'), take('a'), take('a')]).toEqual([0, 0, 100]);
  });

  it('is that of each key alone', () => {
    const { take } = rate(1, 1);
    expect([take('a'), take('b'), take('a'), take('b')]).toEqual([0, 0, 1_000, 1_000]);
  });

  it('forgets keys that are not in use and no others', () => {
    const { take, clock } = rate(1, 1);
    for (let key = 0; key < 9_999; key++) take(`idle ${key}`);
    clock.ms += 500;
    take('busy');
    clock.ms += 600;
    for (let key = 0; key < 9_999; key++) expect(take(`new ${key}`)).toBe(0);
    expect(take('busy')).toBe(400);
    expect(take('idle 0')).toBe(0);
  });

  it('is no limit when it is infinite', () => {
    const { take } = rate(Number.POSITIVE_INFINITY, 1);
    expect(Array.from({ length: 100 }, () => take('a')).every((ms) => ms === 0)).toBe(true);
  });
});
