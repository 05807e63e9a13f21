import { ShowrunnerError } from '../platform/errors.ts';

/** The most dimensions a stored half-precision vector can have (pgvector). */
const MAX_DIMENSIONS = 16_000;

/**
 * Checks what a provider answered for `expected` texts and scales every vector to length 1.
 *
 * @param dimensions the dimension all vectors must have; null takes that of the first
 * @throws ShowrunnerError `PROVIDER_BAD_ANSWER` for missing, empty, zero, non-finite or mixed-dimension vectors
 */
export function checkVectors(
  vectors: readonly (readonly number[])[],
  expected: number,
  dimensions: number | null,
): Float32Array[] {
  if (vectors.length !== expected)
    throw badAnswer(`The embedding provider answered ${vectors.length} vectors for ${expected} texts.`);
  const wanted = dimensions ?? vectors[0]?.length ?? 0;
  return vectors.map((vector) => {
    if (vector.length === 0 || vector.length > MAX_DIMENSIONS)
      throw badAnswer(`The embedding provider answered a vector of ${vector.length} dimensions.`);
    if (vector.length !== wanted)
      throw badAnswer(
        `The embedding provider answered a vector of ${vector.length} dimensions where ${wanted} were expected.`,
      );
    return unitVector(vector);
  });
}

function unitVector(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0)
    throw badAnswer(
      'The embedding provider answered a vector that is zero or has parts that are no numbers.',
    );
  return Float32Array.from(vector, (value) => value / length);
}

function badAnswer(message: string): ShowrunnerError {
  return new ShowrunnerError('PROVIDER_BAD_ANSWER', message, {
    field: 'EMBEDDING_MODEL',
    remedy:
      'Check that the model is an embedding model and that its name was not given to another model before.',
  });
}
