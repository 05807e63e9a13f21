import { News } from './news.ts';
import type { RunEvent, RunStepView } from './run-event.ts';

/** Newest events kept in memory for each watched run; a reader further behind reads the database. */
const KEPT_EVENTS = 512;

/** Progress between two stored events: shown while it is fresh, never stored, never replayed. */
export interface LiveProgress {
  readonly step: RunStepView;
  /** Seq of the newest event that was stored when it was told. */
  readonly seq: number;
  /** Counts up with every live progress of the run. */
  readonly version: number;
}

/** The events of one watched run in this process: all those after `base` up to the last one kept. */
export class RunChannel {
  readonly news = new News();
  readers = 0;
  base: number | undefined;
  events: readonly RunEvent[] = [];
  /** Seq of the newest event that is known to exist. */
  newest = 0;
  live: LiveProgress | undefined;
  loading: Promise<void> | undefined;
  /** When the process that executes the run last gave a sign of life. */
  heartbeatAt: Date | null = null;
  /** Whether the run was deleted. */
  isGone = false;
  #versions = 0;

  /** Seq of the newest event kept. */
  get last(): number {
    return this.events.at(-1)?.seq ?? this.base ?? 0;
  }

  /** Those of the kept events that come after `seq`: looked for from the end, where nearly every reader is. */
  newerThan(seq: number): readonly RunEvent[] {
    let first = this.events.length;
    while (first > 0 && (this.events[first - 1]?.seq ?? 0) > seq) first -= 1;
    return this.events.slice(first);
  }

  add(events: readonly RunEvent[]): void {
    const all = [...this.events, ...events];
    const kept = all.slice(-KEPT_EVENTS);
    this.base = kept.length < all.length ? (kept[0]?.seq ?? 1) - 1 : this.base;
    this.events = kept;
    this.newest = Math.max(this.newest, this.last);
    if (this.live && this.live.seq < this.last) this.live = undefined;
  }

  /** Takes live progress in, unless events are known that may be newer. */
  show(step: RunStepView, seq: number): void {
    if (seq < this.newest) return;
    this.newest = seq;
    this.#versions += 1;
    this.live = { step, seq, version: this.#versions };
    this.news.tell();
  }

  /** Takes in that there are events up to `seq`. */
  announce(seq: number): void {
    // Anybody may notify: what is no number is passed over.
    if (!(seq > this.newest)) return;
    this.newest = seq;
    this.news.tell();
  }
}
