import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';

/** Whose picks a server library shows. */
export interface LibraryOwner {
  readonly userId: number;
  readonly userName: string;
  /** The media server's id of the library. */
  readonly providerLibraryId: string;
}

/** The owners of all libraries that Showrunner made at the media server, in order of name. */
export async function libraryOwners(db: Queryable): Promise<readonly LibraryOwner[]> {
  return db.rows<{ userId: number; userName: string; providerLibraryId: string }>(sql`
    select u.id as "userId", u.name as "userName", l.provider_library_id as "providerLibraryId"
    from user_libraries l join media_users u on u.id = l.user_id
    where l.provider_library_id is not null
    order by lower(u.name), u.id`);
}

/** A user as both sides know them. */
export interface ServerUser {
  readonly id: number;
  /** The media server's id. */
  readonly providerId: string;
  readonly name: string;
}

/** The users that are at the media server and not locked out of it, in order of name. */
export async function activeUsers(db: Queryable): Promise<readonly ServerUser[]> {
  return db.rows<{ id: number; providerId: string; name: string }>(sql`
    select id, provider_id as "providerId", name from media_users
    where removed_at is null and not is_disabled
    order by lower(name), id`);
}

/** Stores what a user may open, as the policy just written says, so that reads need not wait for the next user sync. */
export async function rememberAccess(
  db: Queryable,
  userId: number,
  access: { readonly enableAllFolders: boolean; readonly enabledFolders: readonly string[] },
): Promise<void> {
  await db.rows(sql`
    update media_users set enable_all_folders = ${access.enableAllFolders},
      enabled_folders = array(select json_array_elements_text(${JSON.stringify(access.enabledFolders)}::json))
    where id = ${userId}`);
}
