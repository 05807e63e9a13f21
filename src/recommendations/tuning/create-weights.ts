import type { Database } from '../../platform/database.ts';
import { type GivenWeight, parseTuning } from './tuning-weights.ts';
import { insertVersion, lockAssignments, readAssignment, shippedVersion } from './weights.repo.ts';

/** What changing weights needs. */
export interface WeightsContext {
  readonly db: Database;
  readonly now: () => Date;
  /** Who does it, as it is kept with the version or the assignment. */
  readonly by: string;
}

/**
 * Stores a snapshot of weights, which is in force for nobody yet; its parent is the version in force for everybody.
 * Returns its id.
 *
 * @throws ShowrunnerError `BAD_INPUT`, see `parseTuning`
 */
export async function createWeights(
  { db, now, by }: WeightsContext,
  input: { readonly weights: readonly GivenWeight[]; readonly notes: string },
): Promise<number> {
  const weights = parseTuning(input.weights, 'input.weights');
  return db.transaction(async (tx) => {
    const shipped = await shippedVersion(tx, now());
    await lockAssignments(tx);
    const inForce = await readAssignment(tx);
    return insertVersion(tx, {
      origin: 'TUNED',
      parentId: inForce?.versionId ?? shipped,
      createdAt: now(),
      createdBy: by,
      notes: input.notes,
      weights,
      measured: null,
    });
  });
}
