import { randomBytes } from 'node:crypto';
import type { Database } from '../platform/database.ts';
import { sameHash, sha256 } from '../platform/secrets.ts';
import { replaceWebhookHash, storedWebhookHash } from './webhook-secret.repo.ts';

/** Makes a new secret for the address of webhooks, in place of the one made before; it is stored nowhere but as a hash. */
export async function renewWebhookSecret(db: Database, now: Date): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  await replaceWebhookHash(db, sha256(secret), now);
  return secret;
}

/**
 * Whether `given` is a secret that webhooks may come with: the configured one or the one made last. The comparison takes
 * the same time wherever they differ.
 *
 * @param configured null when none is configured
 */
export async function isWebhookSecret(
  db: Database,
  given: string,
  configured: string | null,
): Promise<boolean> {
  const hash = sha256(given);
  const isConfigured = configured !== null && sameHash(hash, sha256(configured));
  const stored = await storedWebhookHash(db);
  const isStored = stored !== undefined && sameHash(hash, stored);
  return isConfigured || isStored;
}
