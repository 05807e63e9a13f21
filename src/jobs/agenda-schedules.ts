import type { Agenda, JobParameters } from 'agenda';
import { z } from 'zod';
import { checkSchedule } from './schedule-times.ts';
import type { Schedule, ScheduleStore } from './scheduler.ts';

const SCHEDULE_PREFIX = 'schedule:';

const scheduleData = z.object({
  steps: z.array(z.object({ job: z.string(), params: z.record(z.string(), z.unknown()) })).min(1),
  whenMissed: z.enum(['RUN_ONCE', 'SKIP']),
  edited: z.boolean(),
  savedAt: z.coerce.date(),
});

/** Name of the schedule's repeating job in Agenda. */
export function agendaName(scheduleId: string): string {
  return SCHEDULE_PREFIX + scheduleId;
}

/**
 * The schedules as Agenda's repeating jobs, one for each. Records that are not whole are passed over: a process may
 * have died between reserving one and saving it, and saving it again makes it whole.
 *
 * @param reserve see `OpenSchedulerStore.reserve`
 */
export function agendaSchedules(agenda: Agenda, reserve: (name: string) => Promise<void>): ScheduleStore {
  return {
    list: async () => {
      const { jobs } = await agenda.queryJobs({ search: SCHEDULE_PREFIX });
      return jobs.flatMap(toSchedule).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    save: async ({ id, every, timeZone, enabled, ...data }) => {
      checkSchedule({ every, timeZone });
      const name = agendaName(id);
      await reserve(name);
      const job = agenda.create(name, { ...data, savedAt: data.savedAt.toISOString() });
      job.attrs.type = 'single';
      job.repeatEvery(every, { timezone: timeZone, skipImmediate: true });
      if (enabled) job.enable();
      else job.disable();
      await job.save();
      return {
        id,
        every,
        timeZone,
        enabled,
        ...data,
        nextRunAt: enabled ? toDate(job.attrs.nextRunAt) : null,
      };
    },
    remove: async (id) => {
      await agenda.cancel({ name: agendaName(id) });
    },
  };
}

function toSchedule(attrs: JobParameters): Schedule[] {
  const data = scheduleData.safeParse(attrs.data);
  if (!data.success || !attrs.name.startsWith(SCHEDULE_PREFIX)) return [];
  return [
    {
      ...data.data,
      id: attrs.name.slice(SCHEDULE_PREFIX.length),
      every: String(attrs.repeatInterval ?? ''),
      timeZone: attrs.repeatTimezone ?? 'UTC',
      enabled: !attrs.disabled,
      nextRunAt: attrs.disabled ? null : toDate(attrs.nextRunAt),
    },
  ];
}

function toDate(value: Date | string | null | undefined): Date | null {
  return value ? new Date(value) : null;
}
