import { isDeepStrictEqual } from 'node:util';
import type { JobRegistry } from './job-definition.ts';
import type { Schedule, ScheduleSpec, ScheduleStep, ScheduleStore } from './scheduler.ts';

/** A schedule as this program ships it; where it is due is for the installation to say. */
export type DefaultSchedule = Pick<ScheduleSpec, 'id' | 'steps' | 'every' | 'whenMissed'>;

const step = (job: string, params: ScheduleStep['params'] = {}): ScheduleStep => ({ job, params });

/** The schedules a new installation begins with. What is due again soon is not made up for; a night or a week is. */
export const DEFAULT_SCHEDULES: readonly DefaultSchedule[] = [
  { id: 'nightly-sync', steps: [step('sync-series')], every: '0 2 * * *', whenMissed: 'RUN_ONCE' },
  {
    id: 'nightly-history',
    steps: [step('sync-series-watch-history', { full: true }), step('generate-series-embeddings')],
    every: '0 3 * * *',
    whenMissed: 'RUN_ONCE',
  },
  {
    // Before the picks are made, so that they are made with what was learnt.
    id: 'weekly-evaluation',
    steps: [step('evaluate-recommendations')],
    every: '30 3 * * 0',
    whenMissed: 'RUN_ONCE',
  },
  {
    id: 'weekly-recommendations',
    steps: [step('generate-series-recommendations')],
    every: '0 4 * * 0',
    whenMissed: 'RUN_ONCE',
  },
  {
    id: 'weekly-libraries',
    steps: [step('sync-series-libraries')],
    every: '0 5 * * 0',
    whenMissed: 'RUN_ONCE',
  },
  { id: 'monthly-cleaning', steps: [step('clean-embeddings')], every: '0 6 1 * *', whenMissed: 'RUN_ONCE' },
  { id: 'history', steps: [step('sync-series-watch-history')], every: '2 hours', whenMissed: 'SKIP' },
  { id: 'metadata', steps: [step('enrich-metadata')], every: '6 hours', whenMissed: 'SKIP' },
  { id: 'users', steps: [step('sync-users')], every: '30 minutes', whenMissed: 'SKIP' },
];

/** Whether this program has every job of a schedule; others are neither listed nor run. */
export function isRunnable(schedule: Pick<ScheduleSpec, 'steps'>, registry: JobRegistry): boolean {
  return schedule.steps.every(({ job }) => registry.has(job));
}

/** A default schedule as it is to be stored. */
export function asDefault(schedule: DefaultSchedule, timeZone: string, savedAt: Date): ScheduleSpec {
  return { ...schedule, timeZone, enabled: true, edited: false, savedAt };
}

/**
 * Brings the stored schedules up to date with the defaults: adds new ones, lets unedited ones follow a default that
 * has changed, and removes unedited ones whose default is gone. What a person edited stays as it is.
 *
 * @returns the ids of the removed ones
 */
export async function ensureSchedules(
  store: ScheduleStore,
  options: {
    defaults: readonly DefaultSchedule[];
    registry: JobRegistry;
    timeZone: string;
    now: Date;
  },
): Promise<string[]> {
  const stored = await store.list();
  const defaults = options.defaults.filter((schedule) => isRunnable(schedule, options.registry));
  for (const schedule of defaults) {
    const wanted = asDefault(schedule, options.timeZone, options.now);
    const present = stored.find(({ id }) => id === schedule.id);
    if (!present || (!present.edited && differs(present, wanted))) await store.save(wanted);
  }
  const gone = stored.filter(({ id, edited }) => !edited && !defaults.some((schedule) => schedule.id === id));
  for (const { id } of gone) await store.remove(id);
  return gone.map(({ id }) => id);
}

function differs(present: Schedule, wanted: ScheduleSpec): boolean {
  const { nextRunAt: _nextRunAt, savedAt: _savedAt, ...spec } = present;
  const { savedAt: _now, ...rest } = wanted;
  return !isDeepStrictEqual(spec, rest);
}
