import type { Queryable } from '../../platform/database.ts';
import { ShowrunnerError } from '../../platform/errors.ts';
import type { WeightsContext } from './create-weights.ts';
import {
  assignEverybody,
  assignUsers,
  endOfUsers,
  lockAssignments,
  readAssignment,
  shippedVersion,
  unknownUsers,
  versionExists,
} from './weights.repo.ts';

/** What to put in force, and for whom. */
export interface ApplyWeightsInput {
  readonly versionId: number;
  /** Null for everybody: then versions that were tried by some users alone end. */
  readonly userIds: readonly number[] | null;
}

/**
 * Puts a version of the weights in force. It counts from the next run of generate-series-recommendations on, which makes
 * new sets for whom it changed. Applying what is in force already changes nothing.
 *
 * @throws ShowrunnerError `NOT_FOUND` for an unknown version or user
 */
export async function applyWeights(context: WeightsContext, input: ApplyWeightsInput): Promise<void> {
  const at = context.now();
  await context.db.transaction(async (tx) => {
    await shippedVersion(tx, at);
    await lockAssignments(tx);
    await putInForce(tx, input, { at, by: context.by });
  });
}

/** The same inside of a transaction that holds the lock on the assignments. */
async function putInForce(
  tx: Queryable,
  { versionId, userIds }: ApplyWeightsInput,
  { at, by }: { readonly at: Date; readonly by: string },
): Promise<void> {
  if (!(await versionExists(tx, versionId)))
    throw new ShowrunnerError('NOT_FOUND', 'There is no such version of the weights.', {
      field: 'input.versionId',
      remedy: 'Pass the id of one of `weightsVersions`.',
    });
  if (userIds) {
    await requireUsers(tx, userIds);
    await assignUsers(tx, { versionId, at, by }, userIds);
    return;
  }
  await endOfUsers(tx, null, at);
  const inForce = await readAssignment(tx);
  if (inForce?.versionId === versionId) return;
  await assignEverybody(tx, { versionId, at, by }, inForce?.id ?? null);
}

async function requireUsers(tx: Queryable, userIds: readonly number[]): Promise<void> {
  const [unknown] = await unknownUsers(tx, userIds);
  if (unknown === undefined) return;
  throw new ShowrunnerError('NOT_FOUND', 'One of the users does not exist.', {
    field: `input.userIds.${userIds.indexOf(unknown)}`,
    remedy: 'Pass ids of `users`.',
  });
}
