import { setTimeout as sleep } from 'node:timers/promises';
import type { AgendaBackend, JobLogger, JobRepository, NotificationChannel } from 'agenda';
import type { OpenSchedulerStore } from './scheduler-store.ts';
import type { StoreHealth } from './store-health.ts';

const RETRY_MS = 1_000;

/**
 * A scheduler store that keeps trying to connect. Agenda connects in its constructor and lets a refusal end the
 * process, as it does with a lock that cannot be given back; behind this, a store that is down only delays it.
 */
export class PatientBackend implements AgendaBackend {
  readonly name: string;
  readonly repository: JobRepository;
  readonly #store: OpenSchedulerStore;
  readonly #health: StoreHealth;
  readonly #refused: () => void;
  readonly #closed = new AbortController();

  /** @param refused called whenever the store could not be reached */
  constructor(store: OpenSchedulerStore, health: StoreHealth, refused: () => void) {
    this.#refused = refused;
    this.name = store.backend.name;
    this.repository = store.backend.repository;
    this.#store = store;
    this.#health = health;
    const { repository } = this;
    const unlockJob = repository.unlockJob.bind(repository);
    repository.unlockJob = (job) => unlockJob(job).catch((error: unknown) => health.down(error));
  }

  get notificationChannel(): NotificationChannel | undefined {
    return undefined;
  }

  get logger(): JobLogger | undefined {
    return this.#store.backend.logger;
  }

  get ownsConnection(): boolean {
    return false;
  }

  async connect(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      try {
        await this.#store.connect();
        this.#health.up();
        return;
      } catch (error) {
        this.#health.down(error);
        this.#refused();
        await sleep(RETRY_MS, undefined, { signal: this.#closed.signal }).catch(() => {});
      }
    }
  }

  async disconnect(): Promise<void> {
    this.#closed.abort();
    await this.#store.close();
  }
}
