import { CronExpressionParser } from 'cron-parser';
import { ShowrunnerError } from '../platform/errors.ts';

const INTERVAL = /^(\d{1,4}) (minute|hour|day|week)s?$/;
const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;

/** Later than this, in ms, and a schedule was not merely picked up slowly: nobody was there when it was due. */
const GRACE_MS = 60_000;
/** The scheduler counts an interval from its own clock reading, taken a moment before ours. */
const EARLY_MS = 30_000;

/** When a schedule is due. */
export interface ScheduleTimes {
  /** Five-field cron, or an interval such as `2 hours`. */
  readonly every: string;
  /** IANA name. */
  readonly timeZone: string;
}

/**
 * Checks when a schedule is due, because the scheduler itself would take nonsense for "now".
 *
 * @throws ShowrunnerError `BAD_INPUT` naming the field
 */
export function checkSchedule(spec: ScheduleTimes): void {
  if (!isTimeZone(spec.timeZone))
    throw new ShowrunnerError('BAD_INPUT', `There is no time zone "${spec.timeZone}".`, {
      field: 'timeZone',
      value: spec.timeZone,
      remedy: 'Give an IANA name such as "Europe/Berlin" or "UTC".',
    });
  const interval = intervalMs(spec.every);
  if (interval === null ? isCron(spec.every, spec.timeZone) : interval > 0) return;
  throw new ShowrunnerError('BAD_INPUT', `"${spec.every}" is neither a cron expression nor an interval.`, {
    field: 'every',
    value: spec.every,
    remedy: 'Give five cron fields such as "0 2 * * *", or an interval such as "30 minutes" or "2 hours".',
  });
}

/** What is to be done about a schedule at some moment. All times up to `handledUntil` are then dealt with. */
export type DueDecision =
  | { readonly kind: 'NOT_DUE' }
  | { readonly kind: 'RUN' | 'SKIP'; readonly handledUntil: Date };

/**
 * Decides whether a schedule is due. However many times have passed, they are one: it runs once, or not at all when
 * nobody was there within a minute and its definition says `SKIP`.
 *
 * @param since everything due up to here was dealt with, or the schedule did not exist yet
 * @param woken whether the scheduler says that it is time, which may be a moment early for an interval
 */
export function decideDue(
  schedule: ScheduleTimes & { readonly whenMissed: 'RUN_ONCE' | 'SKIP' },
  since: Date,
  now: Date,
  woken: boolean,
): DueDecision {
  const interval = intervalMs(schedule.every);
  const early = woken && interval !== null ? Math.min(EARLY_MS, interval / 2) : 0;
  const due = nextDue(schedule, since);
  if (due.getTime() - early > now.getTime()) return { kind: 'NOT_DUE' };
  if (schedule.whenMissed === 'RUN_ONCE') return { kind: 'RUN', handledUntil: now };
  const recently = new Date(Math.max(since.getTime(), now.getTime() - GRACE_MS));
  const justDue = interval === null ? nextDue(schedule, recently) <= now : due >= recently;
  if (justDue) return { kind: 'RUN', handledUntil: now };
  if (interval === null) return { kind: 'SKIP', handledUntil: now };
  const missed = Math.floor((now.getTime() - since.getTime()) / interval);
  return { kind: 'SKIP', handledUntil: new Date(since.getTime() + missed * interval) };
}

/** The first time after `after` at which the schedule is due. An hour that a clock change skips or doubles counts once. */
export function nextDue({ every, timeZone }: ScheduleTimes, after: Date): Date {
  const interval = intervalMs(every);
  if (interval !== null) return new Date(after.getTime() + interval);
  return CronExpressionParser.parse(every, { currentDate: after, tz: timeZone }).next().toDate();
}

function intervalMs(every: string): number | null {
  const [, count, unit] = INTERVAL.exec(every) ?? [];
  if (unit !== 'minute' && unit !== 'hour' && unit !== 'day' && unit !== 'week') return null;
  return Number(count) * UNIT_MS[unit];
}

function isCron(text: string, timeZone: string): boolean {
  if (text.trim().split(/\s+/).length !== 5) return false;
  try {
    CronExpressionParser.parse(text, { tz: timeZone }).next();
    return true;
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}
