import { type SQL, sql } from 'drizzle-orm';
import type { MediaUser } from '../media-server/media-server.ts';
import type { Queryable } from '../platform/database.ts';

/** A user who is new here. */
export interface NewUser extends MediaUser {
  readonly folder: string;
}

function incoming(users: readonly MediaUser[]): SQL {
  const rows = users.map((user, position) => ({ ...user, position }));
  return sql`incoming as (
    select * from json_to_recordset(${JSON.stringify(rows)}::json) as x(
      position int, id text, name text, "isAdmin" boolean, "isDisabled" boolean, "enableAllFolders" boolean,
      "enabledFolders" text[], "maxParentalRating" int, "blockUnrated" boolean, "blockedTags" text[],
      "allowedTags" text[], folder text))`;
}

/** The media server's id and our folder of every user ever seen. */
export async function knownUsers(db: Queryable): Promise<{ providerId: string; folder: string }[]> {
  return db.rows(sql`select provider_id as "providerId", folder from media_users order by id`);
}

/** Writes known users who changed or came back; returns their names. Folder and settings of ours are left alone. */
export async function updateUsers(db: Queryable, users: readonly MediaUser[]): Promise<string[]> {
  const written = await db.rows<{ name: string }>(sql`
    with ${incoming(users)}
    update media_users u
    set name = i.name, is_admin = i."isAdmin", is_disabled = i."isDisabled",
      enable_all_folders = i."enableAllFolders", enabled_folders = i."enabledFolders",
      max_parental_rating = i."maxParentalRating", block_unrated = i."blockUnrated",
      blocked_tags = i."blockedTags", allowed_tags = i."allowedTags", removed_at = null
    from incoming i
    where u.provider_id = i.id
      and (u.name, u.is_admin, u.is_disabled, u.enable_all_folders, u.enabled_folders, u.max_parental_rating,
          u.block_unrated, u.blocked_tags, u.allowed_tags, u.removed_at)
        is distinct from (i.name, i."isAdmin", i."isDisabled", i."enableAllFolders", i."enabledFolders",
          i."maxParentalRating", i."blockUnrated", i."blockedTags", i."allowedTags", null)
    returning u.name`);
  return written.map((user) => user.name);
}

/** Adds users with their folders. */
export async function insertUsers(
  db: Queryable,
  users: readonly NewUser[],
  enabled: boolean,
  now: Date,
): Promise<void> {
  await db.rows(sql`
    with ${incoming(users)}
    insert into media_users (provider_id, name, is_admin, is_disabled, recommendations_enabled, folder,
      enable_all_folders, enabled_folders, max_parental_rating, block_unrated, blocked_tags, allowed_tags,
      created_at)
    select i.id, i.name, i."isAdmin", i."isDisabled", ${enabled}::boolean, i.folder,
      i."enableAllFolders", i."enabledFolders", i."maxParentalRating", i."blockUnrated", i."blockedTags",
      i."allowedTags", ${now.toISOString()}::timestamptz
    from incoming i order by i.position`);
}

/** Marks users removed whom the media server no longer lists; returns their names. */
export async function markUsersRemoved(
  db: Queryable,
  listed: readonly MediaUser[],
  now: Date,
): Promise<string[]> {
  const marked = await db.rows<{ name: string }>(sql`
    with ${incoming(listed)}
    update media_users u set removed_at = ${now.toISOString()}::timestamptz
    where u.removed_at is null and not exists (select 1 from incoming i where i.id = u.provider_id)
    returning u.name`);
  return marked.map((user) => user.name);
}

/** Our id of a user of the media server; undefined for one who was never seen. */
export async function findUserId(db: Queryable, providerId: string): Promise<number | undefined> {
  const [user] = await db.rows<{ id: number }>(
    sql`select id from media_users where provider_id = ${providerId}`,
  );
  return user?.id;
}

/** The user of this name, whatever its case; undefined when there is none or the user is gone from the server. */
export async function findUserByName(db: Queryable, name: string): Promise<{ id: number } | undefined> {
  const [user] = await db.rows<{ id: number }>(
    sql`select id from media_users where lower(name) = lower(${name}) and removed_at is null`,
  );
  return user;
}
