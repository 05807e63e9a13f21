import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/** SHA-256 of the secret that was made last; undefined when none was. */
export async function storedWebhookHash(db: Queryable): Promise<string | undefined> {
  const [row] = await db.rows<{ hash: string }>(sql`select hash from webhook_secrets where id = 1`);
  return row?.hash;
}

/** Replaces the secret by one with this hash. */
export async function replaceWebhookHash(db: Queryable, hash: string, now: Date): Promise<void> {
  await db.rows(sql`
    insert into webhook_secrets (id, hash, created_at) values (1, ${hash}, ${now.toISOString()}::timestamptz)
    on conflict (id) do update set hash = excluded.hash, created_at = excluded.created_at`);
}
