import { setTimeout as sleep } from 'node:timers/promises';
import { Agenda, InMemoryNotificationChannel, type NotificationChannel } from 'agenda';
import { z } from 'zod';
import type { Logger } from '../platform/log.ts';
import { agendaName, agendaSchedules } from './agenda-schedules.ts';
import { DatabaseChannel } from './database-channel.ts';
import { PatientBackend } from './patient-backend.ts';
import type { Scheduler, SchedulerHandlers, ScheduleStore } from './scheduler.ts';
import { openSchedulerStore, type SchedulerStore } from './scheduler-store.ts';
import { StoreHealth, withDeadline } from './store-health.ts';

/** Handlers hand the run over and return at once, so a lock this old belongs to a process that died. */
const LOCK_MS = 30_000;
const POLL_MS = 5_000;
const RETRY_MS = 1_000;
/** The first connection is waited for as long as nothing has failed; after a failure callers are told at once. */
const FIRST_CONNECTION_MS = 30_000;
const STOP_MS = 2_000;
const DISPATCH = 'dispatch-run';

const dispatchData = z.object({ runId: z.string() });

/**
 * Runs Agenda on the given store. Agenda only says that a run or a schedule is due: executing, heartbeats, retries
 * and the once in "once a time" are the engine's, so that Agenda's duplicates and expired locks are harmless.
 *
 * @param workerId name of this process, unique among those that share the store
 */
export function createAgendaScheduler(store: SchedulerStore, workerId: string, log: Logger): Scheduler {
  return new AgendaScheduler(store, workerId, log);
}

type StartOptions = Parameters<Scheduler['start']>[0];

class AgendaScheduler implements Scheduler {
  readonly schedules: ScheduleStore;
  readonly #agenda: Agenda;
  readonly #backend: PatientBackend;
  readonly #health: StoreHealth;
  readonly #records: ScheduleStore;
  readonly #stopping = new AbortController();
  /** Resolves when everything works for the first time, or at the first failure on the way there. */
  readonly #settled: Promise<void>;
  #settle: () => void = () => {};
  #channel: NotificationChannel | undefined;
  #starting: Promise<void> | undefined;
  #ready = false;

  constructor(store: SchedulerStore, workerId: string, log: Logger) {
    const opened = openSchedulerStore(store, log);
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#health = new StoreHealth(opened, log);
    this.#backend = new PatientBackend(opened, this.#health, () => this.#settle());
    this.#agenda = new Agenda({
      backend: this.#backend,
      name: workerId,
      processEvery: POLL_MS,
      defaultLockLifetime: LOCK_MS,
      defaultConcurrency: 20,
      maxConcurrency: 50,
    });
    // A store that is down would tell so on every poll; what is worth a line is told once, by its health.
    this.#agenda.on('error', (error: unknown) => log.debug({ err: error }, 'The scheduler met an error.'));
    this.#agenda.on('fail', (error: unknown) =>
      log.warn({ err: error }, 'Something that was due could not be begun; the next look will begin it.'),
    );
    const records = agendaSchedules(this.#agenda, opened.reserve);
    this.#records = records;
    this.schedules = {
      list: () => this.#guarded(() => records.list()),
      save: (spec) => this.#guarded(() => records.save(spec)),
      remove: (id) => this.#guarded(() => records.remove(id)),
    };
  }

  start(options: StartOptions): void {
    const channel = options.notify ? new DatabaseChannel(options.notify) : new InMemoryNotificationChannel();
    this.#channel = channel;
    this.#agenda.notifyVia(channel);
    this.#starting = this.#untilReady(options, channel);
  }

  async check(): Promise<void> {
    if (!this.#ready) await withDeadline(this.#settled, FIRST_CONNECTION_MS).catch(() => {});
    if (!this.#ready || this.#stopping.signal.aborted) throw this.#health.unavailable();
    await this.#health.check();
  }

  async status() {
    await this.check().catch(() => {});
    return this.#health.status;
  }

  async submit(runId: string): Promise<void> {
    if (!this.#ready) throw this.#health.unavailable();
    await this.#health.guard(() => this.#agenda.now(DISPATCH, { runId }));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#settle();
    // Giving locks and connections back is polite, not necessary: a store that is down does not hold the process up.
    const polite = (work: Promise<unknown> | undefined) =>
      withDeadline(Promise.resolve(work), STOP_MS).catch(() => {});
    await polite(this.#starting);
    await polite(this.#agenda.stop());
    await polite(this.#channel?.disconnect());
    await polite(this.#backend.disconnect());
  }

  /** Waits for the store, brings the schedules up to date and lets Agenda begin, until all of that has worked. */
  async #untilReady(options: StartOptions, channel: NotificationChannel): Promise<void> {
    const { signal } = this.#stopping;
    await Promise.race([this.#agenda.ready, aborted(signal)]);
    while (!signal.aborted) {
      try {
        await options.handlers.prepare(this.#records);
        if (options.isWorker) await this.#process(options.handlers);
        else await channel.connect();
        this.#ready = true;
        this.#health.up();
        this.#settle();
        return;
      } catch (error) {
        this.#health.down(error);
        this.#settle();
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  async #process(handlers: SchedulerHandlers): Promise<void> {
    this.#agenda.define(DISPATCH, (job) => handlers.dispatch(dispatchData.parse(job.attrs.data).runId), {
      concurrency: 20,
      lockLimit: 21,
      removeOnComplete: true,
    });
    for (const { id } of await this.#records.list())
      this.#agenda.define(agendaName(id), () => handlers.fire(id), { concurrency: 1, lockLimit: 2 });
    await this.#agenda.start();
  }

  async #guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.check();
    return this.#health.guard(work);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
