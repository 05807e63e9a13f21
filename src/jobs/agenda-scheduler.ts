import { MongoBackend } from '@agendajs/mongo-backend';
import { PostgresBackend, PostgresNotificationChannel } from '@agendajs/postgres-backend';
import { Agenda, type AgendaBackend, InMemoryNotificationChannel, type NotificationChannel } from 'agenda';
import { z } from 'zod';
import type { Logger } from '../platform/log.ts';
import { PatientBackend } from './patient-backend.ts';
import type { PglitePool } from './pglite-pool.ts';
import { checkSchedule } from './schedule-times.ts';
import type { Schedule, Scheduler, SchedulerHandlers, ScheduleSpec } from './scheduler.ts';

/** Where schedules are kept, and how the processes that share them hear of new work. */
export type SchedulerStore =
  | { readonly kind: 'embedded'; readonly pool: PglitePool }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'mongodb'; readonly uri: string; readonly notifyUrl: string | null };

/** Handlers hand the run over and return at once, so a lock this old belongs to a process that died. */
const LOCK_MS = 30_000;
const DISPATCH = 'dispatch-run';
const SCHEDULE_PREFIX = 'schedule:';

const dispatchData = z.object({ runId: z.string() });
const scheduleData = z.object({ jobs: z.array(z.string()) });

/**
 * Runs Agenda on the given store. Agenda only says that a run or a schedule is due: executing, heartbeats and
 * retries are the engine's, so that Agenda's duplicates and expired locks are harmless.
 *
 * @param workerId name of this process, unique among those that share the store
 */
export function createAgendaScheduler(store: SchedulerStore, workerId: string, log: Logger): Scheduler {
  const { backend, channel } = openBackend(store);
  const patient = new PatientBackend(backend, log);
  const agenda = new Agenda({
    backend: patient,
    name: workerId,
    processEvery: 5_000,
    defaultLockLifetime: LOCK_MS,
    defaultConcurrency: 20,
    maxConcurrency: 50,
    notificationChannel: channel,
  });
  agenda.on('error', (error: unknown) => log.warn({ err: error }, 'The scheduler met an error and goes on.'));
  let handlers: SchedulerHandlers | undefined;

  const define = (id: string) =>
    agenda.define(
      SCHEDULE_PREFIX + id,
      async (job) => handlers?.fire({ id, jobs: scheduleData.parse(job.attrs.data).jobs }),
      { concurrency: 1, lockLimit: 2 },
    );

  const toSchedule = (attrs: ScheduleAttributes): Schedule => ({
    id: attrs.name.slice(SCHEDULE_PREFIX.length),
    jobs: scheduleData.parse(attrs.data).jobs,
    every: String(attrs.repeatInterval ?? ''),
    timeZone: attrs.repeatTimezone ?? 'UTC',
    enabled: !attrs.disabled,
    nextRunAt: attrs.disabled ? null : toDate(attrs.nextRunAt),
    lastRunAt: toDate(attrs.lastRunAt),
  });

  const schedules = async () => {
    const { jobs } = await agenda.queryJobs({ search: SCHEDULE_PREFIX });
    return jobs.map(toSchedule).sort((a, b) => a.id.localeCompare(b.id));
  };

  return {
    schedules,
    start: async (given) => {
      if (!given) {
        await agenda.ready;
        await channel.connect();
        return;
      }
      handlers = given;
      agenda.define(DISPATCH, (job) => given.dispatch(dispatchData.parse(job.attrs.data).runId), {
        concurrency: 20,
        lockLimit: 21,
        removeOnComplete: true,
      });
      await agenda.ready;
      for (const schedule of await schedules()) define(schedule.id);
      await agenda.start();
    },
    submit: async (runId) => {
      await agenda.now(DISPATCH, { runId });
    },
    saveSchedule: async (spec: ScheduleSpec) => {
      checkSchedule(spec);
      define(spec.id);
      const job = await agenda.every(
        spec.every,
        SCHEDULE_PREFIX + spec.id,
        { jobs: [...spec.jobs] },
        { timezone: spec.timeZone, skipImmediate: true },
      );
      if (spec.enabled) job.enable();
      else job.disable();
      await job.save();
      return toSchedule(job.attrs);
    },
    stop: async () => {
      if (handlers) await agenda.stop();
      else await channel.disconnect();
      await patient.disconnect();
    },
  };
}

interface ScheduleAttributes {
  readonly name: string;
  readonly data?: unknown;
  readonly repeatInterval?: string | number;
  readonly repeatTimezone?: string;
  readonly disabled?: boolean;
  readonly nextRunAt?: Date | null;
  readonly lastRunAt?: Date;
}

function toDate(value: Date | string | null | undefined): Date | null {
  return value ? new Date(value) : null;
}

function openBackend(store: SchedulerStore): { backend: AgendaBackend; channel: NotificationChannel } {
  if (store.kind === 'embedded') {
    const backend = new PostgresBackend({ pool: store.pool, disableNotifications: true });
    return { backend, channel: new InMemoryNotificationChannel() };
  }
  if (store.kind === 'postgres') {
    const backend = new PostgresBackend({ connectionString: store.url, disableNotifications: true });
    return { backend, channel: new PostgresNotificationChannel({ connectionString: store.url }) };
  }
  const backend = new MongoBackend({
    address: store.uri,
    options: { serverSelectionTimeoutMS: 5_000, connectTimeoutMS: 5_000 },
  });
  const channel = store.notifyUrl
    ? new PostgresNotificationChannel({ connectionString: store.notifyUrl })
    : new InMemoryNotificationChannel();
  return { backend, channel };
}
