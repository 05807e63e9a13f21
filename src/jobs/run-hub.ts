import { z } from 'zod';
import type { Database } from '../platform/database.ts';
import { News } from './news.ts';
import { type LiveProgress, RunChannel } from './run-channel.ts';
import { type RunEvent, type RunStepView, runStepView } from './run-event.ts';
import { signsOfLife } from './run-follow.repo.ts';
import { eventsAfter, RUNS_CHANNEL } from './runs.repo.ts';

/** Channel of live progress. Payload: JSON of `LiveMessage`. */
const LIVE_CHANNEL = 'showrunner_live';
/** PostgreSQL refuses a payload of 8,000 bytes. */
const LONGEST_PAYLOAD = 7_500;
const PAGE = 500;

const liveMessage = z.object({ from: z.string(), runId: z.string(), seq: z.number(), step: runStepView });
type LiveMessage = z.output<typeof liveMessage>;

/** What a hub is told about its process. */
export interface HubOptions {
  /** Unique name of this process. */
  readonly workerId: string;
  /** No open subscription is silent for longer than this, in ms; a lost notification delays it by this much at most. */
  readonly heartbeatMs: number;
}

/** What a subscription reads a run through. Nothing is buffered for it: it holds a cursor, the hub holds the events. */
export interface RunReader {
  /** Stored events after `seq` in order; none when there are none yet. */
  after(seq: number): Promise<readonly RunEvent[]>;
  /** The newest live progress, if it is newer than `version` and than every stored event. */
  live(version: number): LiveProgress | undefined;
  /** When the process that executes the run last gave a sign of life, as last looked up. */
  heartbeatAt(): Date | null;
  /** Whether the run was found to be deleted. */
  isGone(): boolean;
  /** Starts to watch now; the returned wait ends at the first change or beat since, or when the signal aborts. */
  watch(): (signal: AbortSignal) => Promise<void>;
  close(): void;
}

/**
 * Carries run events from the database to the subscribers of this process, whichever process wrote them: a
 * notification says that a run has news, and one query fetches them for all readers. One timer for all beats twice in
 * the time that a subscription may be silent, and looks up then what a lost notification may have left out.
 */
export class RunHub {
  /** Tells of news of any run, and of beats. */
  readonly news = new News();
  readonly #db: Database;
  readonly #options: HubOptions;
  readonly #channels = new Map<string, RunChannel>();
  readonly #sending = new Set<string>();
  #unlisten: (() => Promise<void>)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #beats = 0;
  #looking = false;

  constructor(db: Database, options: HubOptions) {
    this.#db = db;
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#unlisten.push(
      await this.#db.listen(RUNS_CHANNEL, (payload) => {
        const colon = payload.lastIndexOf(':');
        this.#channels.get(payload.slice(0, colon))?.announce(Number(payload.slice(colon + 1)));
        this.news.tell();
      }),
    );
    if (this.#db.kind !== 'embedded')
      this.#unlisten.push(await this.#db.listen(LIVE_CHANNEL, (payload) => this.#hear(payload)));
    this.#timer = setInterval(() => void this.#beat(), this.#options.heartbeatMs / 2);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const unlisten of this.#unlisten.splice(0)) await unlisten();
    this.#wakeAll();
  }

  /** Beats so far; two beats are the longest silence. */
  get beats(): number {
    return this.#beats;
  }

  /** Makes every reader look into the database once more, whatever was notified. */
  refresh(): void {
    for (const channel of this.#channels.values())
      channel.newest = Math.max(channel.newest, channel.last + 1);
    this.#wakeAll();
  }

  /**
   * Shows progress that is not stored yet to the readers of all processes.
   *
   * @param seq of the newest stored event of the run; every event told so far must be stored
   */
  publishLive(runId: string, step: RunStepView, seq: number): void {
    this.#channels.get(runId)?.show(step, seq);
    if (this.#db.kind === 'embedded' || this.#sending.has(runId)) return;
    const message: LiveMessage = { from: this.#options.workerId, runId, seq, step };
    const payload = JSON.stringify(message);
    if (Buffer.byteLength(payload) > LONGEST_PAYLOAD) return;
    this.#sending.add(runId);
    // Whoever misses it is told with the next stored progress.
    void this.#db
      .notify(LIVE_CHANNEL, payload)
      .catch(() => {})
      .finally(() => this.#sending.delete(runId));
  }

  open(runId: string): RunReader {
    const channel = this.#channels.get(runId) ?? new RunChannel();
    this.#channels.set(runId, channel);
    channel.readers += 1;
    let open = true;
    return {
      after: (seq) => this.#after(runId, channel, seq),
      live: (version) => (channel.live && channel.live.version > version ? channel.live : undefined),
      heartbeatAt: () => channel.heartbeatAt,
      isGone: () => channel.isGone,
      watch: () => channel.news.watch(),
      close: () => {
        if (!open) return;
        open = false;
        channel.readers -= 1;
        if (channel.readers === 0) this.#channels.delete(runId);
      },
    };
  }

  #hear(payload: string): void {
    const message = parseLive(payload);
    if (message && message.from !== this.#options.workerId)
      this.#channels.get(message.runId)?.show(message.step, message.seq);
  }

  async #beat(): Promise<void> {
    if (!this.#looking) {
      this.#looking = true;
      // While the database is away the subscribers hear at least that their connection lives.
      await this.#lookUp().catch(() => {});
      this.#looking = false;
    }
    this.#beats += 1;
    this.#wakeAll();
  }

  async #lookUp(): Promise<void> {
    const watched = [...this.#channels];
    const signs = await signsOfLife(
      this.#db,
      watched.map(([runId]) => runId),
    );
    for (const [runId, channel] of watched) {
      const sign = signs.get(runId);
      channel.isGone = !sign;
      channel.heartbeatAt = sign?.heartbeatAt ?? null;
      channel.announce(sign?.lastSeq ?? 0);
    }
  }

  #wakeAll(): void {
    for (const channel of this.#channels.values()) channel.news.tell();
    this.news.tell();
  }

  async #after(runId: string, channel: RunChannel, seq: number): Promise<readonly RunEvent[]> {
    if (channel.base === undefined || seq < channel.base) {
      const events = await eventsAfter(this.#db, runId, seq, PAGE);
      if (channel.base === undefined) {
        channel.base = seq;
        this.#take(channel, events);
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
    return channel.newerThan(seq);
  }

  async #load(runId: string, channel: RunChannel): Promise<void> {
    const expected = channel.newest;
    const events = await eventsAfter(this.#db, runId, channel.last, PAGE);
    this.#take(channel, events);
    if (events.length < PAGE && channel.newest === expected) channel.newest = channel.last;
  }

  /** Behind a whole page there may be more. */
  #take(channel: RunChannel, events: readonly RunEvent[]): void {
    channel.add(events);
    if (events.length === PAGE) channel.newest = Math.max(channel.newest, channel.last + 1);
  }
}

/** Anybody may notify on a database's channels: what is not ours is passed over. */
function parseLive(payload: string): LiveMessage | undefined {
  try {
    return liveMessage.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
}
