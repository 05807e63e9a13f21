import type { Database } from '../../platform/database.ts';
import { readAssignment, shippedVersion } from './weights.repo.ts';

/** Id of the version that is in force for everybody; the first time the version for the shipped weights is stored. */
export async function currentVersion(db: Database, now: Date): Promise<number> {
  const inForce = await readAssignment(db);
  return inForce?.versionId ?? (await db.transaction((tx) => shippedVersion(tx, now)));
}
