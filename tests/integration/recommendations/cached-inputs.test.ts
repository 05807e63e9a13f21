import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/platform/database.ts';
import { cachedInputs } from '../../../src/recommendations/cached-inputs.ts';
import { generateSeriesRecommendations } from '../../../src/recommendations/generate-series-recommendations.ts';
import { DEFAULT_SELECTION } from '../../../src/recommendations/selection-settings.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { addHousehold, addState } from '../../support/recommended-household.ts';

let db: Database;
let now = new Date('2026-11-20T12:00:00Z');

beforeEach(async () => {
  db = await createTestDatabase();
  now = new Date('2026-11-20T12:00:00Z');
});
afterEach(() => db.close());

const load = (selection = DEFAULT_SELECTION) => cachedInputs({ db, now: () => now }, selection);

describe('cachedInputs', () => {
  it('loads once for calls that come together, and for later ones while nothing changes', async () => {
    await addHousehold(db, 'anna');
    const [first, second] = await Promise.all([load(), load()]);
    expect(second).toBe(first);
    now = new Date('2026-11-20T20:00:00Z');
    expect(await load()).toBe(first);
  });

  it.each([
    ['a title changes', sql`update titles set community_rating = 9 where id = 1`],
    ['a title goes', sql`update titles set removed_at = now() where id = 1`],
    ['a user watches', sql`update series_states set state = 'ABANDONED' where user_id = 1 and title_id = 1`],
    ['a state is deleted', sql`delete from series_states`],
    [
      'a user speaks',
      sql`insert into feedback (user_id, title_id, rating, updated_at) values (1, 2, 9, now())`,
    ],
    ['a user is switched off', sql`update media_users set recommendations_enabled = false`],
  ])('loads anew when %s', async (_, statement) => {
    await addHousehold(db, 'anna', 'ben');
    await addState(db, 1, 1);
    const before = await load();
    await db.rows(statement);
    const after = await load();
    expect(after).not.toBe(before);
    expect(await load()).toBe(after);
  });

  it('loads anew on another day, for other settings, and after new picks, which count as shown', async () => {
    await addHousehold(db, 'anna');
    const first = await load();
    const other = await load({ ...DEFAULT_SELECTION, collaborative: false });
    expect(other).not.toBe(first);
    await generateSeriesRecommendations(testContext(db, {}));
    const third = await load();
    expect(third.viewers.shown.get(1)?.length).toBeGreaterThan(0);
    now = new Date('2026-11-21T12:00:00Z');
    expect(await load()).not.toBe(third);
  });

  it('sees an update whose transaction began before another one that it has seen', async () => {
    await addHousehold(db, 'anna');
    if (db.kind === 'embedded') return;
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let began = () => {};
    const isBegun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const slow = db.transaction(async (tx) => {
      await tx.rows(sql`update titles set year = 1950 where id = 1`);
      began();
      await held;
    });
    await isBegun;
    await db.rows(sql`update titles set year = 1951 where id = 2`);
    const between = await load();
    finish();
    await slow;
    const after = await load();
    expect(after).not.toBe(between);
    expect(after.titles.find(({ id }) => id === 1)?.year).toBe(1950);
  });

  it('does not keep a failure', async () => {
    await expect(load()).rejects.toMatchObject({ code: 'PREREQUISITE_MISSING' });
    await addHousehold(db, 'anna');
    expect((await load()).titles).toHaveLength(40);
  });
});
