import type { JobRegistry } from './job-definition.ts';
import type { Scheduler, ScheduleSpec } from './scheduler.ts';

/** The schedules a new installation begins with; edited ones are never overwritten. */
const DEFAULT_SCHEDULES: readonly Pick<ScheduleSpec, 'id' | 'jobs' | 'every'>[] = [
  { id: 'nightly-sync', jobs: ['sync-series'], every: '0 2 * * *' },
  {
    id: 'nightly-history',
    jobs: ['sync-series-watch-history', 'generate-series-embeddings'],
    every: '0 3 * * *',
  },
  { id: 'weekly-recommendations', jobs: ['generate-series-recommendations'], every: '0 4 * * 0' },
  { id: 'weekly-libraries', jobs: ['sync-series-libraries'], every: '0 5 * * 0' },
  { id: 'history', jobs: ['sync-series-watch-history'], every: '2 hours' },
  { id: 'users', jobs: ['sync-users'], every: '30 minutes' },
];

/** Stores those default schedules that are not there yet. */
export async function ensureSchedules(
  scheduler: Scheduler,
  registry: JobRegistry,
  timeZone: string,
): Promise<void> {
  const present = new Set((await scheduler.schedules()).map((schedule) => schedule.id));
  for (const schedule of DEFAULT_SCHEDULES) {
    const wanted = schedule.jobs.every((job) => registry.has(job));
    if (wanted && !present.has(schedule.id))
      await scheduler.saveSchedule({ ...schedule, timeZone, enabled: true });
  }
}
