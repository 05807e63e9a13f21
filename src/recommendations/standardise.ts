/** Standardised values beyond these say no more: one rare value must not outweigh all else. */
const LOWEST = -4;
const HIGHEST = 12;

/** Mean and standard deviation of a feature over a library; a constant feature has `spread` 0. */
export interface Scale {
  readonly mean: number;
  readonly spread: number;
}

/** Measures a feature over the library; NaN (unknown) is left out. */
export function scaleOf(values: Float64Array): Scale {
  let count = 0;
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (Number.isNaN(value)) continue;
    count += 1;
    sum += value;
  }
  if (count === 0) return { mean: 0, spread: 0 };
  const mean = sum / count;
  let squares = 0;
  for (let index = 0; index < values.length; index += 1) {
    const distance = (values[index] ?? 0) - mean;
    if (!Number.isNaN(distance)) squares += distance * distance;
  }
  const spread = Math.sqrt(squares / count);
  return { mean, spread: spread > 1e-9 * Math.max(1, Math.abs(mean)) ? spread : 0 };
}

/** Standardises in place to mean 0 and deviation 1, clipped to -4..12; unknown becomes `missing`, a constant 0. */
export function standardise(values: Float64Array, missing: number): Scale {
  const scale = scaleOf(values);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (Number.isNaN(value)) values[index] = missing;
    else if (scale.spread === 0) values[index] = 0;
    else values[index] = Math.min(HIGHEST, Math.max(LOWEST, (value - scale.mean) / scale.spread));
  }
  return scale;
}
