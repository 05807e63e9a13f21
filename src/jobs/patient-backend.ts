import { setTimeout as sleep } from 'node:timers/promises';
import type { AgendaBackend, JobLogger, JobRepository, NotificationChannel } from 'agenda';
import type { Logger } from '../platform/log.ts';

const RETRY_MS = 2_000;

/**
 * A scheduler store that keeps trying to connect. Agenda connects in its constructor and lets a refusal end the
 * process; behind this, a store that is down at the start only delays the scheduler.
 */
export class PatientBackend implements AgendaBackend {
  readonly name: string;
  readonly #inner: AgendaBackend;
  readonly #log: Logger;
  readonly #closed = new AbortController();
  #connected = false;

  constructor(inner: AgendaBackend, log: Logger) {
    this.name = inner.name;
    this.#inner = inner;
    this.#log = log;
  }

  get repository(): JobRepository {
    return this.#inner.repository;
  }

  get notificationChannel(): NotificationChannel | undefined {
    return this.#inner.notificationChannel;
  }

  get logger(): JobLogger | undefined {
    return this.#inner.logger;
  }

  get ownsConnection(): boolean {
    return false;
  }

  async connect(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      try {
        await this.#inner.connect();
        this.#connected = true;
        return;
      } catch (error) {
        this.#log.error({ err: error }, 'The store of schedules did not answer; trying again.');
        await sleep(RETRY_MS, undefined, { signal: this.#closed.signal }).catch(() => {});
      }
    }
  }

  async disconnect(): Promise<void> {
    this.#closed.abort();
    if (this.#connected) await this.#inner.disconnect();
    this.#connected = false;
  }
}
