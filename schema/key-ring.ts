import type { KeyKind, Role, Scope } from '../drizzle/tables/access.ts';

/** A stored API key or session; the secret itself is not in it. */
export interface ApiKeyRow {
  /** UUID. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly kind: KeyKind;
  /** Null for everything that the role allows. */
  readonly scopes: readonly Scope[] | null;
  readonly userId: number | null;
  /** First characters of the key. */
  readonly prefix: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly rotatedAt: Date | null;
  /** Until when the secret before the last rotation is taken too; null when it is not. */
  readonly previousValidUntil: Date | null;
}

/** What a new key shall be. */
export interface ApiKeyRequest {
  /** What it is for; 1 to 100 characters. */
  readonly name: string;
  readonly role: Role;
  /** Left out or null: everything that the role allows. */
  readonly scopes?: readonly Scope[] | null;
  /** The media-server user it stands for. */
  readonly userId?: number | null;
  readonly expiresAt?: Date | null;
}

/** A key with its secret, which is seen this one time. */
export interface ShownKey {
  readonly key: string;
  readonly row: ApiKeyRow;
}

/** The API keys of an installation, as whoever administers them sees them. */
export interface KeyRing {
  /** Makes a key. Throws `BAD_INPUT` for a bad name, scope, user or expiry. */
  create(request: ApiKeyRequest): Promise<ShownKey>;
  /** All keys and sessions, revoked and expired ones too, oldest first. */
  list(): Promise<ApiKeyRow[]>;
  /** The key with the id. Throws `NOT_FOUND`. */
  get(id: string): Promise<ApiKeyRow>;
  /**
   * Gives a key a new secret; the one before is taken for `graceMs` more. Throws `NOT_FOUND`, and `CONFLICT` for a key
   * that is no longer valid, a session, or the key of `SHOWRUNNER_ADMIN_KEY`.
   */
  rotate(id: string, graceMs: number): Promise<ShownKey>;
  /** Revokes a key: at once in this process, within five seconds in others. Throws `NOT_FOUND`. */
  revoke(id: string): Promise<ApiKeyRow>;
}
