import { describe, expect, it } from 'vitest';
import { checkSchedule } from '../../../src/jobs/schedule-times.ts';

describe('checkSchedule', () => {
  it.each(['0 2 * * *', '*/15 8-18 * * 1-5', '0 4 * * 0', '30 minutes', '2 hours', '1 day'])(
    'accepts %s',
    (every) => {
      expect(() => checkSchedule({ every, timeZone: 'Europe/Berlin' })).not.toThrow();
    },
  );

  it.each([
    'gibberish',
    '',
    'now',
    '61 * * * *',
    '0 2 * *',
    '* * * * * *',
    '0 hours',
    '-2 hours',
    '2 fortnights',
  ])('refuses %j, which the scheduler would take for something else', (every) => {
    expect(() => checkSchedule({ every, timeZone: 'UTC' })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', field: 'every', value: every }),
    );
  });

  it('refuses a time zone that does not exist', () => {
    expect(() => checkSchedule({ every: '0 2 * * *', timeZone: 'Mars/Olympus' })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', field: 'timeZone', value: 'Mars/Olympus' }),
    );
  });
});
