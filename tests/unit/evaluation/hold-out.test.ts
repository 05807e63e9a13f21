import { describe, expect, it } from 'vitest';
import { cohortOf, holdOut } from '../../../src/evaluation/hold-out.ts';

const begun = (titleId: number, day: number | null) => ({
  titleId,
  firstPlayedAt: day === null ? null : new Date(Date.UTC(2026, 0, day)),
});
const always = () => true;

describe('holdOut', () => {
  it('holds out the last fifth by time, in whatever order the series come', () => {
    const series = [5, 3, 9, 1, 7, 2, 8, 4, 10, 6].map((day) => begun(100 + day, day));
    const { known, heldOut } = holdOut(series, 0.2, always);
    expect([...heldOut].sort()).toEqual([109, 110]);
    expect(known.size).toBe(8);
  });

  it('holds out one series at least, also the only one', () => {
    expect([...holdOut([begun(1, 1), begun(2, 2)], 0.2, always).heldOut]).toEqual([2]);
    const only = holdOut([begun(1, 1)], 0.2, always);
    expect([only.heldOut.size, only.known.size]).toEqual([1, 0]);
  });

  it('takes series of unknown date for the oldest, and splits ties by id', () => {
    expect([...holdOut([begun(1, null), begun(2, 1)], 0.2, always).heldOut]).toEqual([2]);
    expect([...holdOut([begun(4, 1), begun(3, 1)], 0.2, always).heldOut]).toEqual([4]);
    expect([...holdOut([begun(4, null), begun(3, null)], 0.2, always).heldOut]).toEqual([4]);
  });

  it('keeps what can no longer be recommended as known', () => {
    const { known, heldOut } = holdOut([begun(1, 1), begun(2, 2)], 0.2, (id) => id !== 2);
    expect([[...heldOut], [...known]]).toEqual([[1], [2]]);
    expect(holdOut([begun(1, 1)], 0.2, () => false).heldOut.size).toBe(0);
    expect(holdOut([], 0.2, always).heldOut.size).toBe(0);
  });
});

describe('cohortOf', () => {
  it.each([
    [0, 'NONE'],
    [1, 'FROM_1'],
    [2, 'FROM_1'],
    [3, 'FROM_3'],
    [9, 'FROM_3'],
    [10, 'FROM_10'],
    [49, 'FROM_10'],
    [50, 'FROM_50'],
  ])('puts a viewer of %i known series into %s', (known, cohort) => {
    expect(cohortOf(known)).toBe(cohort);
  });
});
