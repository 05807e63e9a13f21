import type { Database } from '../platform/database.ts';
import type { RunEvent, RunStepView } from './run-event.ts';
import { eventsAfter, RUNS_CHANNEL } from './runs.repo.ts';

/** Newest events kept in memory for each watched run; a reader further behind reads the database. */
const KEPT_EVENTS = 512;
const PAGE = 500;
/** A lost notification delays readers by this much at most. */
const POLL_MS = 10_000;

/** Progress between two stored events: shown while it is fresh, never stored, never replayed. */
interface LiveProgress {
  readonly step: RunStepView;
  /** Counts up with every live progress of the run. */
  readonly version: number;
}

/** What a subscription reads a run through. Nothing is buffered for it: it holds a cursor, the hub holds the events. */
export interface RunReader {
  /** Stored events after `seq` in order; none when there are none yet. */
  after(seq: number): Promise<readonly RunEvent[]>;
  /** The newest live progress, if it is newer than `version` and than every stored event. */
  live(version: number): LiveProgress | undefined;
  /** Starts to watch now; the returned wait ends at the first change since, or when the signal aborts. */
  watch(): (signal: AbortSignal) => Promise<void>;
  close(): void;
}

/** The events of one watched run: all those after `base` up to the last one kept. */
class Channel {
  readers = 0;
  base: number | undefined;
  events: readonly RunEvent[] = [];
  /** Seq of the newest event that is known to exist. */
  newest = 0;
  live: LiveProgress | undefined;
  loading: Promise<void> | undefined;
  #waiting = new Set<() => void>();
  #changes = 0;

  get last(): number {
    return this.events.at(-1)?.seq ?? this.base ?? 0;
  }

  add(events: readonly RunEvent[]): void {
    const all = [...this.events, ...events];
    const kept = all.slice(-KEPT_EVENTS);
    this.base = kept.length < all.length ? (kept[0]?.seq ?? 1) - 1 : this.base;
    this.events = kept;
    this.newest = Math.max(this.newest, this.last);
    if (events.some((event) => event.body.type !== 'LOG')) this.live = undefined;
  }

  wake(): void {
    this.#changes += 1;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const resume of waiting) resume();
  }

  watch(): (signal: AbortSignal) => Promise<void> {
    const seen = this.#changes;
    return (signal) => {
      if (signal.aborted || this.#changes !== seen) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.#waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(() => {
          this.newest = this.last + 1;
          done();
        }, POLL_MS);
        timer.unref();
        signal.addEventListener('abort', done, { once: true });
        this.#waiting.add(done);
      });
    };
  }
}

/**
 * Carries run events from the database to the subscribers of this process, whichever process wrote them: a
 * notification says that a run has news, and one query fetches them for all readers.
 */
export class RunHub {
  readonly #db: Database;
  readonly #channels = new Map<string, Channel>();
  #unlisten: (() => Promise<void>) | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  async start(): Promise<void> {
    this.#unlisten = await this.#db.listen(RUNS_CHANNEL, (payload) => {
      const colon = payload.lastIndexOf(':');
      const channel = this.#channels.get(payload.slice(0, colon));
      const seq = Number(payload.slice(colon + 1));
      if (!channel || seq <= channel.newest) return;
      channel.newest = seq;
      channel.wake();
    });
  }

  async stop(): Promise<void> {
    await this.#unlisten?.();
    for (const channel of this.#channels.values()) channel.wake();
  }

  /** Shows progress that is not stored yet to the readers of this process. */
  publishLive(runId: string, step: RunStepView): void {
    const channel = this.#channels.get(runId);
    if (!channel) return;
    channel.live = { step, version: (channel.live?.version ?? 0) + 1 };
    channel.wake();
  }

  open(runId: string): RunReader {
    const channel = this.#channels.get(runId) ?? new Channel();
    this.#channels.set(runId, channel);
    channel.readers += 1;
    let open = true;
    return {
      after: (seq) => this.#after(runId, channel, seq),
      live: (version) => (channel.live && channel.live.version > version ? channel.live : undefined),
      watch: () => channel.watch(),
      close: () => {
        if (!open) return;
        open = false;
        channel.readers -= 1;
        if (channel.readers === 0) this.#channels.delete(runId);
      },
    };
  }

  async #after(runId: string, channel: Channel, seq: number): Promise<readonly RunEvent[]> {
    if (channel.base === undefined || seq < channel.base) {
      const events = await eventsAfter(this.#db, runId, seq, PAGE);
      if (channel.base === undefined) {
        channel.base = seq;
        channel.add(events);
      }
      return events;
    }
    if (seq >= channel.last && channel.newest > channel.last) {
      channel.loading ??= this.#load(runId, channel).finally(() => {
        channel.loading = undefined;
      });
      await channel.loading;
    }
    if (seq < channel.base) return eventsAfter(this.#db, runId, seq, PAGE);
    return channel.events.filter((event) => event.seq > seq);
  }

  async #load(runId: string, channel: Channel): Promise<void> {
    const expected = channel.newest;
    const events = await eventsAfter(this.#db, runId, channel.last, PAGE);
    channel.add(events);
    if (events.length < PAGE && channel.newest === expected) channel.newest = channel.last;
  }
}
