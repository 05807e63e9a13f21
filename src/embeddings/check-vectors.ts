import { ShowrunnerError } from '../platform/errors.ts';

/** The most dimensions a stored half-precision vector can have (pgvector). */
const MAX_DIMENSIONS = 16_000;
const BYTES_PER_NUMBER = 4;

/**
 * Reads a vector of OpenAI's embeddings API: a list of numbers, or their single-precision bytes, little end first, in
 * base64. Throws `PROVIDER_BAD_ANSWER` for anything else.
 */
export function readVector(embedding: string | readonly unknown[]): Float32Array {
  if (typeof embedding === 'string') {
    const bytes = Buffer.from(embedding, 'base64');
    if (bytes.length % BYTES_PER_NUMBER !== 0)
      throw badAnswer('The embedding provider answered a vector that is cut off.');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const vector = new Float32Array(bytes.length / BYTES_PER_NUMBER);
    for (let index = 0; index < vector.length; index += 1)
      vector[index] = view.getFloat32(index * BYTES_PER_NUMBER, true);
    return vector;
  }
  const vector = new Float32Array(embedding.length);
  for (let index = 0; index < vector.length; index += 1) {
    const value = embedding[index];
    vector[index] = typeof value === 'number' ? value : Number.NaN;
  }
  return vector;
}

/**
 * Checks what a provider answered for `expected` texts and scales every vector to length 1.
 *
 * @param dimensions the dimension all vectors must have; null takes that of the first
 * @throws ShowrunnerError `PROVIDER_BAD_ANSWER` for missing, empty, zero, non-finite or mixed-dimension vectors
 */
export function checkVectors(
  vectors: readonly ArrayLike<number>[],
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

function unitVector(vector: ArrayLike<number>): Float32Array {
  let squares = 0;
  for (let index = 0; index < vector.length; index += 1) squares += (vector[index] ?? 0) ** 2;
  const length = Math.sqrt(squares);
  if (!Number.isFinite(length) || length === 0)
    throw badAnswer(
      'The embedding provider answered a vector that is zero or has parts that are no numbers.',
    );
  const unit = new Float32Array(vector.length);
  for (let index = 0; index < vector.length; index += 1) unit[index] = (vector[index] ?? 0) / length;
  return unit;
}

function badAnswer(message: string): ShowrunnerError {
  return new ShowrunnerError('PROVIDER_BAD_ANSWER', message, {
    field: 'EMBEDDING_MODEL',
    remedy:
      'Check that the model is an embedding model and that its name was not given to another model before.',
  });
}
