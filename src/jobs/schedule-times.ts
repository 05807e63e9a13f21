import { CronExpressionParser } from 'cron-parser';
import { ShowrunnerError } from '../platform/errors.ts';

const INTERVAL = /^(\d{1,4}) (minute|hour|day|week)s?$/;

/**
 * Checks when a schedule is due, because the scheduler itself would take nonsense for "now".
 *
 * @throws ShowrunnerError `BAD_INPUT` naming the field
 */
export function checkSchedule(spec: { every: string; timeZone: string }): void {
  if (!isTimeZone(spec.timeZone))
    throw new ShowrunnerError('BAD_INPUT', `There is no time zone "${spec.timeZone}".`, {
      field: 'timeZone',
      value: spec.timeZone,
      remedy: 'Give an IANA name such as "Europe/Berlin" or "UTC".',
    });
  const interval = INTERVAL.exec(spec.every);
  if (interval) {
    if (Number(interval[1]) > 0) return;
  } else if (isCron(spec.every, spec.timeZone)) return;
  throw new ShowrunnerError('BAD_INPUT', `"${spec.every}" is neither a cron expression nor an interval.`, {
    field: 'every',
    value: spec.every,
    remedy: 'Give five cron fields such as "0 2 * * *", or an interval such as "30 minutes" or "2 hours".',
  });
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
