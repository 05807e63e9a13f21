/** Something that changes now and then, and those who wait for it. */
export class News {
  #waiting = new Set<() => void>();
  #changes = 0;

  /** Says that something has changed. */
  tell(): void {
    this.#changes += 1;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const resume of waiting) resume();
  }

  /** Starts to watch now; the returned wait ends at the first change since, or when the signal aborts. */
  watch(): (signal: AbortSignal) => Promise<void> {
    const seen = this.#changes;
    return (signal) => {
      if (signal.aborted || this.#changes !== seen) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          signal.removeEventListener('abort', done);
          this.#waiting.delete(done);
          resolve();
        };
        signal.addEventListener('abort', done, { once: true });
        this.#waiting.add(done);
      });
    };
  }
}
