import { and, desc, eq, gt, lt, or, sql } from 'drizzle-orm';
import { apiKeys, signInAttempts } from '../../../drizzle/tables/access.ts';
import { mediaUsers } from '../../../drizzle/tables/watch.ts';
import type { Database, Queryable } from '../../platform/database.ts';
import type { SignInAttempt } from './sign-in-rules.ts';

/** Taken while an attempt is weighed and noted, so that attempts made at once are weighed one after the other. */
const ATTEMPT_LOCK = 7_406_933;
const MOST_ATTEMPTS = 500;

/** Who tries to sign in. */
export interface Applicant {
  readonly nameHash: string;
  readonly address: string;
}

/**
 * Notes an attempt, as a failure for now, unless `refuse` finds in those before it a reason not to take it. Attempts older
 * than `forgetBefore` go.
 *
 * @returns the id of the attempt, or what `refuse` said
 */
export async function noteAttempt<Refusal extends Date>(
  db: Database,
  applicant: Applicant,
  times: { readonly now: Date; readonly since: Date; readonly forgetBefore: Date },
  refuse: (attempts: readonly SignInAttempt[]) => Refusal | null,
): Promise<{ readonly id: number } | { readonly refusal: Refusal }> {
  const { nameHash, address } = applicant;
  return db.transaction(async (tx) => {
    await tx.rows(sql`select pg_advisory_xact_lock(${ATTEMPT_LOCK}::bigint)`);
    const found = await tx.orm
      .select({
        at: signInAttempts.at,
        succeeded: signInAttempts.succeeded,
        nameHash: signInAttempts.nameHash,
        address: signInAttempts.address,
      })
      .from(signInAttempts)
      .where(
        and(
          gt(signInAttempts.at, times.since),
          or(eq(signInAttempts.nameHash, nameHash), eq(signInAttempts.address, address)),
        ),
      )
      .orderBy(desc(signInAttempts.at), desc(signInAttempts.id))
      .limit(MOST_ATTEMPTS);
    const refusal = refuse(
      found.map(({ at, succeeded, ...of }) => ({
        at,
        succeeded,
        sameName: of.nameHash === nameHash,
        sameAddress: of.address === address,
      })),
    );
    if (refusal) return { refusal };
    await tx.orm.delete(signInAttempts).where(lt(signInAttempts.at, times.forgetBefore));
    const [noted] = await tx.orm
      .insert(signInAttempts)
      .values({ nameHash, address, at: times.now })
      .returning({ id: signInAttempts.id });
    if (!noted) throw new TypeError('The insert of an attempt returned no row.');
    return noted;
  });
}

/** Notes that an attempt succeeded. */
export async function markSucceeded(db: Queryable, id: number): Promise<void> {
  await db.orm.update(signInAttempts).set({ succeeded: true }).where(eq(signInAttempts.id, id));
}

/** Forgets an attempt that came to nothing through no fault of whoever made it. */
export async function deleteAttempt(db: Queryable, id: number): Promise<void> {
  await db.orm.delete(signInAttempts).where(eq(signInAttempts.id, id));
}

/** The user with the media server's id, unless they are locked out or gone; undefined for none. */
export async function findActiveUser(
  db: Queryable,
  providerId: string,
): Promise<{ readonly id: number; readonly name: string } | undefined> {
  const [user] = await db.rows<{ id: number; name: string }>(sql`
    select id, name from ${mediaUsers}
    where provider_id = ${providerId} and not is_disabled and removed_at is null`);
  return user;
}

/** Deletes the sessions that ended before a time. */
export async function deleteOldSessions(db: Queryable, endedBefore: Date): Promise<void> {
  await db.orm.delete(apiKeys).where(and(eq(apiKeys.kind, 'SESSION'), lt(apiKeys.expiresAt, endedBefore)));
}
