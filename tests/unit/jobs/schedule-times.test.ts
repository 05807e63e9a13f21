import { describe, expect, it } from 'vitest';
import { checkSchedule, decideDue, nextDue } from '../../../src/jobs/schedule-times.ts';

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
    '0 2 30 2 *',
    '@daily',
    '0 hours',
    '0 minutes',
    '-2 hours',
    '5000',
    '2 fortnights',
  ])('refuses %j, which the scheduler would take for something else', (every) => {
    expect(() => checkSchedule({ every, timeZone: 'UTC' })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', field: 'every', value: every }),
    );
  });

  it.each(['Mars/Olympus', '', 'berlin'])('refuses %j, a time zone that does not exist', (timeZone) => {
    expect(() => checkSchedule({ every: '0 2 * * *', timeZone })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', field: 'timeZone', value: timeZone }),
    );
  });
});

describe('nextDue', () => {
  const berlin = (every: string, after: string) =>
    nextDue({ every, timeZone: 'Europe/Berlin' }, new Date(after)).toISOString();

  it('reads cron fields in the time zone of the schedule, in winter and in summer', () => {
    expect(berlin('0 2 * * *', '2026-01-10T00:00:00Z')).toBe('2026-01-10T01:00:00.000Z');
    expect(berlin('0 2 * * *', '2026-07-10T00:00:00Z')).toBe('2026-07-11T00:00:00.000Z');
  });

  it('is due on the day on which the clock skips its time', () => {
    expect(berlin('30 2 * * *', '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:30:00.000Z');
    expect(berlin('30 2 * * *', '2026-03-29T01:30:00.001Z')).toBe('2026-03-30T00:30:00.000Z');
  });

  it('is due once on the day on which the clock passes its time twice', () => {
    expect(berlin('30 2 * * *', '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(berlin('30 2 * * *', '2026-10-25T00:30:00.001Z')).toBe('2026-10-26T01:30:00.000Z');
  });

  it('never gives the time that was asked about', () => {
    expect(berlin('0 3 * * *', '2026-01-10T02:00:00Z')).toBe('2026-01-11T02:00:00.000Z');
    expect(berlin('2 hours', '2026-01-10T02:00:00Z')).toBe('2026-01-10T04:00:00.000Z');
  });
});

describe('decideDue', () => {
  const at = (time: string) => new Date(`2026-11-${time}Z`);
  const nightly = { every: '0 2 * * *', timeZone: 'UTC', whenMissed: 'RUN_ONCE' } as const;
  const often = { every: '2 hours', timeZone: 'UTC', whenMissed: 'SKIP' } as const;

  it('waits for the time', () => {
    expect(decideDue(nightly, at('20T02:00:00'), at('21T01:59:59'), true)).toEqual({ kind: 'NOT_DUE' });
    expect(decideDue(often, at('20T02:00:00'), at('20T03:59:00'), true)).toEqual({ kind: 'NOT_DUE' });
  });

  it('runs at the time, and not again for the same time', () => {
    const decision = decideDue(nightly, at('20T02:00:00'), at('21T02:00:00'), true);
    expect(decision).toEqual({ kind: 'RUN', handledUntil: at('21T02:00:00') });
    expect(decideDue(nightly, at('21T02:00:00'), at('21T02:00:00.040'), true)).toEqual({ kind: 'NOT_DUE' });
  });

  it('runs once for any number of times that were missed', () => {
    expect(decideDue(nightly, at('01T02:00:00'), at('21T09:00:00'), false)).toEqual({
      kind: 'RUN',
      handledUntil: at('21T09:00:00'),
    });
  });

  it('skips what was missed when told so, and is due again where it would have been', () => {
    expect(decideDue(often, at('20T02:00:00'), at('20T09:00:00'), true)).toEqual({
      kind: 'SKIP',
      handledUntil: at('20T08:00:00'),
    });
    expect(decideDue({ ...nightly, whenMissed: 'SKIP' }, at('01T02:00:00'), at('21T09:00:00'), true)).toEqual(
      { kind: 'SKIP', handledUntil: at('21T09:00:00') },
    );
  });

  it('does not call missed what is due this very minute, however much was missed before', () => {
    const skipping = { ...nightly, whenMissed: 'SKIP' } as const;
    expect(decideDue(skipping, at('01T02:00:00'), at('21T02:00:30'), false).kind).toBe('RUN');
    expect(decideDue(often, at('20T02:00:00'), at('20T04:00:45'), false).kind).toBe('RUN');
  });

  it('lets the scheduler be a moment early for an interval, but nobody else and not for cron', () => {
    expect(decideDue(often, at('20T02:00:00'), at('20T03:59:50'), true).kind).toBe('RUN');
    expect(decideDue(often, at('20T02:00:00'), at('20T03:59:50'), false).kind).toBe('NOT_DUE');
    expect(decideDue(nightly, at('20T02:00:00'), at('21T01:59:50'), true).kind).toBe('NOT_DUE');
  });

  it('never lets two firings of an interval come together', () => {
    const shortest = { ...often, every: '1 minute' };
    expect(decideDue(shortest, at('20T02:00:00'), at('20T02:00:29'), true).kind).toBe('NOT_DUE');
  });
});
