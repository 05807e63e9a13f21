import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import { LONGEST_EXPOSURE_WEEKS, type ShownTitle } from './exposure.ts';

/** What users (all when left out) were shown in sets that still count as exposure, by user id. */
export async function shownTitles(
  db: Queryable,
  userIds: readonly number[] | undefined,
  now: Date,
): Promise<Map<number, ShownTitle[]>> {
  const users = userIds
    ? sql`and s.user_id = any(array(select json_array_elements_text(${JSON.stringify(userIds)}::json)::int))`
    : sql.empty();
  const rows = await db.rows<{ userId: number; titleId: number; day: number }>(sql`
    select distinct s.user_id as "userId", p.title_id as "titleId",
      floor(extract(epoch from s.generated_at) / 86400)::int as day
    from recommendation_sets s join picks p on p.set_id = s.id
    where s.generated_at > ${now.toISOString()}::timestamptz - make_interval(weeks => ${LONGEST_EXPOSURE_WEEKS + 1}) ${users}
    order by 1, 2, 3`);
  const byUser = new Map<number, ShownTitle[]>();
  for (const { userId, titleId, day } of rows) {
    const own = byUser.get(userId) ?? [];
    byUser.set(userId, own);
    own.push({ titleId, day });
  }
  return byUser;
}
