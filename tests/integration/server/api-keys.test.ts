import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/platform/database.ts';
import { sha256 } from '../../../src/platform/secrets.ts';
import { type ApiKeys, createApiKeys, ensureFirstAdminKey } from '../../../src/server/access/api-keys.ts';
import { createTestDatabase } from '../../support/database.ts';

let db: Database;
let keys: ApiKeys;
let time: Date;

beforeAll(async () => {
  db = await createTestDatabase();
});

afterAll(() => db.close());

beforeEach(async () => {
  await db.rows(sql`delete from api_keys`);
  time = new Date('2026-11-20T12:00:00Z');
  keys = createApiKeys(db, () => time);
});

function later(ms: number) {
  time = new Date(time.getTime() + ms);
}

/** Keys as another process with an empty memory sees them. */
const elsewhere = () => createApiKeys(db, () => time);

describe('a new key', () => {
  it('is given out once and identifies its holder', async () => {
    const { key, row } = await keys.create({ name: ' dashboard ', role: 'OPERATOR' });
    expect(key).toMatch(/^sr_[A-Za-z0-9_-]{43}$/);
    expect(await keys.findPrincipal(key)).toEqual({
      kind: 'key',
      id: row.id,
      name: 'dashboard',
      role: 'OPERATOR',
      scopes: ['READ', 'FEEDBACK', 'JOBS'],
      userId: null,
      expiresAt: null,
    });
  });

  it('is stored as nothing but its SHA-256 and its first characters', async () => {
    const { key } = await keys.create({ name: 'a', role: 'VIEWER' });
    const [stored] = await db.rows<{ row: string }>(sql`select to_json(k)::text as row from api_keys k`);
    expect(stored?.row).toContain(sha256(key));
    expect(stored?.row).not.toContain(key.slice(0, 8));
    expect(stored?.row).toContain(key.slice(0, 7));
  });

  it('can stand for a media-server user', async () => {
    const [user] = await db.rows<{ id: number }>(
      sql`insert into media_users (provider_id, name, recommendations_enabled, folder)
          values ('u1', 'Ada', true, 'ada') returning id`,
    );
    const userId = user?.id ?? 0;
    const { key } = await keys.create({ name: 'ada', role: 'VIEWER', userId });
    expect(await keys.findPrincipal(key)).toMatchObject({ userId });
  });

  it('is refused for a media-server user who does not exist', async () => {
    await expect(keys.create({ name: 'a', role: 'VIEWER', userId: 999_999 })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'userId',
    });
  });

  it.each(['', '   ', 'x'.repeat(101)])('is refused with the name "%s"', async (name) => {
    await expect(keys.create({ name, role: 'VIEWER' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'name',
    });
  });

  it('is refused when it would have expired already', async () => {
    await expect(keys.create({ name: 'a', role: 'VIEWER', expiresAt: time })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'expiresAt',
    });
  });
});

describe('the scopes of a key', () => {
  it('are those it was made with', async () => {
    const { key } = await keys.create({ name: 'a', role: 'ADMIN', scopes: ['JOBS', 'READ', 'JOBS'] });
    expect(await keys.findPrincipal(key)).toMatchObject({ role: 'ADMIN', scopes: ['JOBS', 'READ'] });
  });

  it.each([
    ['of a higher role', { role: 'VIEWER', scopes: ['READ', 'JOBS'] }],
    ['of administrators', { role: 'OPERATOR', scopes: ['SETTINGS'] }],
    ['of nothing', { role: 'ADMIN', scopes: [] }],
  ] as const)('are refused when they are %s', async (_what, request) => {
    await expect(keys.create({ name: 'a', ...request })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      field: 'scopes',
      remedy: expect.stringContaining('READ, FEEDBACK'),
    });
  });

  it('do not count as a usable admin key when some are missing', async () => {
    await keys.create({ name: 'a', role: 'ADMIN', scopes: ['READ'] });
    expect(await ensureFirstAdminKey(db, time, null)).not.toBeNull();
  });
});

describe('rotating', () => {
  it('gives a new secret at once and takes the one before until its grace is over', async () => {
    const { key: before, row } = await keys.create({ name: 'a', role: 'OPERATOR' });
    const { key: after, row: rotated } = await keys.rotate(row.id, 60_000);
    expect(after).not.toBe(before);
    expect(rotated).toMatchObject({ id: row.id, name: 'a', rotatedAt: time, prefix: after.slice(0, 7) });
    expect(await keys.findPrincipal(after)).toMatchObject({ id: row.id, expiresAt: null });
    const end = new Date('2026-11-20T12:01:00Z');
    expect(await keys.findPrincipal(before)).toMatchObject({ id: row.id, expiresAt: end });
    later(59_999);
    expect(await keys.findPrincipal(before)).not.toBeNull();
    later(1);
    expect(await keys.findPrincipal(before)).toBeNull();
    expect(await keys.findPrincipal(after)).not.toBeNull();
  });

  it('without a grace ends the secret before at once, also one that was just used', async () => {
    const { key, row } = await keys.create({ name: 'a', role: 'OPERATOR' });
    await keys.findPrincipal(key);
    await keys.rotate(row.id, 0);
    expect(await keys.findPrincipal(key)).toBeNull();
  });

  it('a second time ends the grace of the first', async () => {
    const { key: first, row } = await keys.create({ name: 'a', role: 'OPERATOR' });
    const { key: second } = await keys.rotate(row.id, 60_000);
    const { key: third } = await keys.rotate(row.id, 60_000);
    expect(await keys.findPrincipal(first)).toBeNull();
    expect(await keys.findPrincipal(second)).not.toBeNull();
    expect(await keys.findPrincipal(third)).not.toBeNull();
  });

  it('never outlives the key itself', async () => {
    const expiresAt = new Date(time.getTime() + 1_000);
    const { key, row } = await keys.create({ name: 'a', role: 'OPERATOR', expiresAt });
    const { key: after } = await keys.rotate(row.id, 60_000);
    expect(await keys.findPrincipal(key)).toMatchObject({ expiresAt });
    later(1_000);
    expect(await keys.findPrincipal(key)).toBeNull();
    expect(await keys.findPrincipal(after)).toBeNull();
  });

  it('ends with the revocation, for both secrets', async () => {
    const { key, row } = await keys.create({ name: 'a', role: 'OPERATOR' });
    const { key: after } = await keys.rotate(row.id, 60_000);
    await keys.revoke(row.id);
    expect(await keys.findPrincipal(key)).toBeNull();
    expect(await keys.findPrincipal(after)).toBeNull();
  });

  it('is refused for a key that was revoked or is unknown', async () => {
    const { row } = await keys.create({ name: 'a', role: 'VIEWER' });
    await keys.revoke(row.id);
    await expect(keys.rotate(row.id, 0)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(keys.rotate(randomUUID(), 0)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is refused for the key that the configuration names, which the next start would bring back', async () => {
    await ensureFirstAdminKey(db, time, 'chosen-by-the-administrator');
    const [row] = await keys.list();
    await expect(keys.rotate(row?.id ?? '', 0)).rejects.toMatchObject({
      code: 'CONFLICT',
      remedy: expect.stringContaining('SHOWRUNNER_ADMIN_KEY'),
    });
    expect(await keys.findPrincipal('chosen-by-the-administrator')).not.toBeNull();
  });
});

describe('finding who holds a key', () => {
  it.each(['', 'sr_', 'sr_unknown', 'x'.repeat(100_000), "' or 1=1 --", '\u0000'])(
    'finds nobody for a wrong key',
    async (key) => {
      expect(await keys.findPrincipal(key)).toBeNull();
    },
  );

  it('finds nobody by the hash of a key', async () => {
    const { key } = await keys.create({ name: 'a', role: 'ADMIN' });
    expect(await keys.findPrincipal(sha256(key))).toBeNull();
  });

  it('ends with the expiry, also for a key just used', async () => {
    const { key } = await keys.create({
      name: 'a',
      role: 'VIEWER',
      expiresAt: new Date(time.getTime() + 1_000),
    });
    expect(await keys.findPrincipal(key)).not.toBeNull();
    later(1_000);
    expect(await keys.findPrincipal(key)).toBeNull();
  });

  it('ends with the revocation, at once where it happened', async () => {
    const { key, row } = await keys.create({ name: 'a', role: 'VIEWER' });
    await keys.findPrincipal(key);
    await keys.revoke(row.id);
    expect(await keys.findPrincipal(key)).toBeNull();
  });

  it('ends with the revocation after five seconds in another process', async () => {
    const other = elsewhere();
    const { key, row } = await keys.create({ name: 'a', role: 'VIEWER' });
    await other.findPrincipal(key);
    await keys.revoke(row.id);
    later(5_000);
    expect(await other.findPrincipal(key)).toBeNull();
  });

  it.each(['is_disabled = true', 'removed_at = now()'])(
    'finds nobody while the media server has the user locked out or removed: %s',
    async (change) => {
      const [user] = await db.rows<{ id: number }>(
        sql`insert into media_users (provider_id, name, recommendations_enabled, folder)
            values (${change}, 'Ben', true, ${change}) returning id`,
      );
      const { key } = await keys.create({ name: 'ben', role: 'OPERATOR', userId: user?.id ?? 0 });
      expect(await keys.findPrincipal(key)).not.toBeNull();
      await db.rows(sql`update media_users set ${sql.raw(change)} where id = ${user?.id ?? 0}`);
      expect(await elsewhere().findPrincipal(key)).toBeNull();
    },
  );

  it('notes the last use, at most once a minute', async () => {
    const { key } = await keys.create({ name: 'a', role: 'VIEWER' });
    const lastUsed = async () => (await keys.list())[0]?.lastUsedAt?.toISOString();
    expect(await lastUsed()).toBeUndefined();
    await keys.findPrincipal(key);
    expect(await lastUsed()).toBe('2026-11-20T12:00:00.000Z');
    later(59_000);
    await keys.findPrincipal(key);
    expect(await lastUsed()).toBe('2026-11-20T12:00:00.000Z');
    later(6_000);
    await keys.findPrincipal(key);
    expect(await lastUsed()).toBe('2026-11-20T12:01:05.000Z');
  });
});

describe('revoking', () => {
  it('is kept with its first time', async () => {
    const { row } = await keys.create({ name: 'a', role: 'VIEWER' });
    await keys.revoke(row.id);
    later(1_000);
    expect((await keys.revoke(row.id)).revokedAt).toEqual(new Date('2026-11-20T12:00:00Z'));
    expect(await keys.list()).toHaveLength(1);
  });

  it.each([randomUUID(), 'not-an-id', ''])('refuses the unknown id "%s"', async (id) => {
    await expect(keys.revoke(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the first admin key', () => {
  it('is made once', async () => {
    const key = await ensureFirstAdminKey(db, time, null);
    expect(await keys.findPrincipal(key ?? '')).toMatchObject({ role: 'ADMIN' });
    expect(await ensureFirstAdminKey(db, time, null)).toBeNull();
  });

  it('is made once when processes start together', async () => {
    const made = await Promise.all([1, 2, 3].map(() => ensureFirstAdminKey(db, time, null)));
    expect(made.filter((key) => key !== null)).toHaveLength(1);
  });

  it('is made anew when no usable one is left', async () => {
    await keys.create({ name: 'operator', role: 'OPERATOR' });
    const { row } = await keys.create({ name: 'revoked', role: 'ADMIN' });
    await keys.revoke(row.id);
    await keys.create({ name: 'expired', role: 'ADMIN', expiresAt: new Date(time.getTime() + 1) });
    later(2);
    expect(await ensureFirstAdminKey(db, time, null)).not.toBeNull();
  });

  it('is the chosen one, however often the process starts, and even after its revocation', async () => {
    const chosen = 'chosen-by-the-administrator';
    expect(await ensureFirstAdminKey(db, time, chosen)).toBeNull();
    expect(await ensureFirstAdminKey(db, time, chosen)).toBeNull();
    const [row] = await keys.list();
    expect(row?.prefix).toBe('');
    await keys.revoke(row?.id ?? '');
    await ensureFirstAdminKey(db, time, chosen);
    expect(await keys.findPrincipal(chosen)).toMatchObject({ role: 'ADMIN' });
    expect(await keys.list()).toHaveLength(1);
  });
});
