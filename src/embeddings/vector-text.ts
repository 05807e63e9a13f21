/** Half precision keeps eleven binary digits; the largest integer of a vector has fifteen. */
const LARGEST_INTEGER = 2 ** 15;
/** The smallest step between numbers of half precision is 2^-24. */
const MAX_EXPONENT = 24;

/** A vector as whole numbers in the text form of pgvector, `[12,-7]`, which a power of two scales back. */
export interface IntegerVector {
  readonly integers: string;
  /** What to multiply them with. */
  readonly scale: number;
}

/**
 * Writes a vector of length 1 as integers: the embedded database reads them ten times as fast as fractions, for which
 * it has no arithmetic of its own. What is lost is less than half precision loses in the larger numbers.
 */
export function integerVector(vector: Float32Array): IntegerVector {
  let largest = 0;
  for (let index = 0; index < vector.length; index += 1)
    largest = Math.max(largest, Math.abs(vector[index] ?? 0));
  const exponent = largest === 0 ? 0 : Math.floor(Math.log2(LARGEST_INTEGER / largest));
  const factor = 2 ** Math.min(MAX_EXPONENT, Math.max(0, exponent));
  const integers = new Int32Array(vector.length);
  for (let index = 0; index < vector.length; index += 1)
    integers[index] = Math.round((vector[index] ?? 0) * factor);
  return { integers: `[${integers.join(',')}]`, scale: 1 / factor };
}
