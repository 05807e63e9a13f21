import type { NearestTitles } from './nearest-titles.ts';

/**
 * Keeps for each of `size` rows the `count` others of the largest value; among equal ones those of the smaller number. The
 * kept ones of a row form a binary heap with the worst on top, so that most offers cost one comparison.
 */
export class NearestHeaps {
  readonly #count: number;
  readonly #rows: Int32Array;
  readonly #values: Float32Array;
  readonly #sizes: Int32Array;
  /** For each row the value that an offer has to exceed: that of its worst, 0 until it has `count`. */
  readonly thresholds: Float32Array;

  constructor(size: number, count: number) {
    this.#count = count;
    this.#rows = new Int32Array(size * count);
    this.#values = new Float32Array(size * count);
    this.#sizes = new Int32Array(size);
    this.thresholds = new Float32Array(size);
  }

  /** Takes `other`, whose value exceeds the threshold of `row`; the others of a row come in ascending order. */
  take(row: number, other: number, value: number): void {
    const start = row * this.#count;
    const size = this.#sizes[row] ?? 0;
    if (size < this.#count) {
      this.#sizes[row] = size + 1;
      this.#rise(start, size, other, value);
      if (size + 1 < this.#count) return;
    } else this.#sink(start, other, value);
    this.thresholds[row] = this.#valueAt(start);
  }

  /** The nearest of each row, best first, with their values as shares. */
  finish(): NearestTitles {
    const rows = new Int32Array(this.#rows.length);
    const weights = new Float32Array(this.#values.length);
    for (const [row, size] of this.#sizes.entries()) {
      const start = row * this.#count;
      const places = Array.from({ length: size }, (_, place) => start + place).sort(
        (a, b) => this.#valueAt(b) - this.#valueAt(a) || this.#rowAt(a) - this.#rowAt(b),
      );
      const sum = places.reduce((total, place) => total + this.#valueAt(place), 0);
      for (const [index, place] of places.entries()) {
        rows[start + index] = this.#rowAt(place);
        weights[start + index] = this.#valueAt(place) / sum;
      }
    }
    return { count: this.#count, rows, weights };
  }

  #valueAt(place: number): number {
    return this.#values[place] ?? 0;
  }

  #rowAt(place: number): number {
    return this.#rows[place] ?? 0;
  }

  /** Whether what lies at `place` is worse than a row with its value. */
  #isWorse(place: number, other: number, value: number): boolean {
    const own = this.#valueAt(place);
    return own < value || (own === value && this.#rowAt(place) > other);
  }

  #put(place: number, other: number, value: number): void {
    this.#rows[place] = other;
    this.#values[place] = value;
  }

  #rise(start: number, from: number, other: number, value: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#isWorse(start + parent, other, value)) break;
      this.#put(start + place, this.#rowAt(start + parent), this.#valueAt(start + parent));
      place = parent;
    }
    this.#put(start + place, other, value);
  }

  /** Puts a row in the place of the worst, on top, and sinks it to where it belongs. */
  #sink(start: number, other: number, value: number): void {
    let place = 0;
    for (let child = 1; child < this.#count; child = 2 * place + 1) {
      const next = child + 1;
      const worse =
        next < this.#count &&
        this.#isWorse(start + next, this.#rowAt(start + child), this.#valueAt(start + child))
          ? next
          : child;
      if (!this.#isWorse(start + worse, other, value)) break;
      this.#put(start + place, this.#rowAt(start + worse), this.#valueAt(start + worse));
      place = worse;
    }
    this.#put(start + place, other, value);
  }
}
