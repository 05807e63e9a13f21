import { describe, expect, it } from 'vitest';
import { airDays, dateOf, dayOf } from '../../../src/demo/air-schedule.ts';

describe('invented air dates', () => {
  it('are weekly in a short season and never go back', () => {
    const days = airDays('Tide', 2010, 2012, [3, 3, 3]);
    expect(days).toHaveLength(9);
    expect((days[1] ?? 0) - (days[0] ?? 0)).toBe(7);
    expect(days).toEqual(days.toSorted((left, right) => left - right));
    expect(days.map((day) => dateOf(day).slice(0, 4))).toEqual([
      '2010',
      '2010',
      '2010',
      '2011',
      '2011',
      '2011',
      '2012',
      '2012',
      '2012',
    ]);
  });

  it('are the same every time, and differ from title to title', () => {
    expect(airDays('Tide', 2010, 2010, [5])).toEqual(airDays('Tide', 2010, 2010, [5]));
    const months = ['Tide', 'Ebb', 'Surf', 'Wave', 'Foam', 'Swell'].map(
      (title) => airDays(title, 2010, 2010, [1])[0],
    );
    expect(new Set(months).size).toBeGreaterThan(1);
  });

  it('are unknown without a year', () => {
    expect(airDays('Tide', null, null, [5])).toEqual([]);
  });

  it('stay inside the last year of an ended series and out of the future of a running one', () => {
    const long = airDays('Tide', 2020, 2020, [400, 400]);
    expect(Math.max(...long)).toBeLessThanOrEqual(dayOf('2020-12-31'));
    expect(Math.max(...airDays('Tide', 2024, null, [8, 8, 8, 8, 8]))).toBeLessThanOrEqual(
      dayOf('2026-06-30'),
    );
  });
});
