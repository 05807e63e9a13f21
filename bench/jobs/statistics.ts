/** The value below which `share` (0..1) of the values lie; NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle of a few figures of the same measure. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Milliseconds of the machine's monotonic clock, which all processes of the machine share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
