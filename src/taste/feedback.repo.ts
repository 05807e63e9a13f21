import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import type { TitleFeedback } from './feedback.ts';

type FeedbackColumn = 'rating' | 'dismissed_at' | 'snoozed_until';

/** What all enabled users said of titles, here or on the media server, by user id; the titles of a user in order of their ids. */
export async function feedbackOfUsers(db: Queryable): Promise<Map<number, TitleFeedback[]>> {
  const rows = await db.rows<{
    userId: number;
    titleId: number;
    rating: number | null;
    dismissedMs: number | null;
    snoozedMs: number | null;
    serverRating: number | null;
    serverLikes: boolean | null;
    serverFavorite: boolean | null;
  }>(sql`
    select user_id as "userId", title_id as "titleId", f.rating,
      (extract(epoch from f.dismissed_at) * 1000)::float8 as "dismissedMs",
      (extract(epoch from f.snoozed_until) * 1000)::float8 as "snoozedMs",
      o.rating as "serverRating", o.likes as "serverLikes", o.is_favorite as "serverFavorite"
    from feedback f full join server_opinions o using (user_id, title_id)
    where user_id in (
      select id from media_users where recommendations_enabled and not is_disabled and removed_at is null)
    order by user_id, title_id`);
  const byUser = new Map<number, TitleFeedback[]>();
  for (const { userId, dismissedMs, snoozedMs, serverFavorite, ...rest } of rows) {
    const own = byUser.get(userId) ?? [];
    byUser.set(userId, own);
    own.push({
      ...rest,
      dismissedAt: dismissedMs === null ? null : new Date(dismissedMs),
      snoozedUntil: snoozedMs === null ? null : new Date(snoozedMs),
      serverFavorite: serverFavorite ?? false,
    });
  }
  return byUser;
}

/** Whether a user and a title are there; a title that left the media server may still be spoken of. */
export async function knowsUserAndTitle(
  db: Queryable,
  userId: number,
  titleId: number,
): Promise<{ user: boolean; title: boolean }> {
  const [row] = await db.rows<{ user: boolean; title: boolean }>(sql`
    select exists (select 1 from media_users where id = ${userId}::int) as "user",
      exists (select 1 from titles where id = ${titleId}::int) as title`);
  return row ?? { user: false, title: false };
}

/**
 * Sets one thing a user says of a title, or takes it back with null; returns whether that changed anything. A dismissal
 * said again stays as it was first said.
 */
export async function writeFeedback(
  tx: Queryable,
  entry: { readonly userId: number; readonly titleId: number },
  column: FeedbackColumn,
  value: number | Date | null,
  now: Date,
): Promise<boolean> {
  const name = sql.raw(column);
  const at = sql`${now.toISOString()}::timestamptz`;
  const owner = sql`user_id = ${entry.userId}::int and title_id = ${entry.titleId}::int`;
  if (value === null) {
    const taken = await tx.rows(sql`
      update feedback set ${name} = null, updated_at = ${at} where ${owner} and ${name} is not null returning 1`);
    await tx.rows(
      sql`delete from feedback where ${owner} and rating is null and dismissed_at is null and snoozed_until is null`,
    );
    return taken.length > 0;
  }
  const given = value instanceof Date ? sql`${value.toISOString()}::timestamptz` : sql`${value}::int`;
  const isNew =
    column === 'dismissed_at'
      ? sql`feedback.dismissed_at is null`
      : sql`feedback.${name} is distinct from excluded.${name}`;
  const written = await tx.rows(sql`
    insert into feedback (user_id, title_id, ${name}, updated_at)
    values (${entry.userId}::int, ${entry.titleId}::int, ${given}, ${at})
    on conflict (user_id, title_id) do update set ${name} = excluded.${name}, updated_at = excluded.updated_at
      where ${isNew}
    returning 1`);
  return written.length > 0;
}
