import { ShowrunnerError } from '../../platform/errors.ts';
import type { WeightsContext } from './create-weights.ts';
import {
  assignEverybody,
  endOfUsers,
  lockAssignments,
  readAssignment,
  shippedVersion,
} from './weights.repo.ts';

/**
 * Takes back the last change of weights: some users follow the version for everybody again, or everybody goes back to
 * the version that was in force before. Reverting again goes back further, in the end to the weights as shipped.
 *
 * @param userIds null for everybody; users who try a version of their own keep it then
 * @throws ShowrunnerError `CONFLICT` when there is nothing to go back to
 */
export async function revertWeights(
  { db, now, by }: WeightsContext,
  { userIds }: { readonly userIds: readonly number[] | null },
): Promise<void> {
  const at = now();
  await db.transaction(async (tx) => {
    const shipped = await shippedVersion(tx, at);
    await lockAssignments(tx);
    if (userIds) {
      if ((await endOfUsers(tx, userIds, at)) === 0)
        throw nothingToRevert('None of these users has weights of their own.', 'input.userIds');
      return;
    }
    const inForce = await readAssignment(tx);
    if (!inForce || (inForce.previousId === null && inForce.versionId === shipped))
      throw nothingToRevert('The weights as shipped are in force.', 'input');
    const before = inForce.previousId === null ? undefined : await readAssignment(tx, inForce.previousId);
    await assignEverybody(
      tx,
      { versionId: before?.versionId ?? shipped, at, by },
      before?.previousId ?? null,
    );
  });
}

function nothingToRevert(message: string, field: string): ShowrunnerError {
  return new ShowrunnerError('CONFLICT', message, {
    field,
    remedy: 'See `weightsVersions` for what was in force; `applyWeights` puts any of them in force.',
  });
}
