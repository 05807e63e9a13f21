import { ROLES, type Role, SCOPES, type Scope } from '../drizzle/tables/access.ts';

/** Who calls: the API key or session behind a request. */
export interface Principal {
  /** A key that an administrator made, the session of somebody who signed in, or neither. */
  readonly kind: 'key' | 'session' | 'nobody';
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** What the key may be used for within its role. */
  readonly scopes: readonly Scope[];
  /** The media-server user whose data a `VIEWER` key may see; null for keys bound to nobody. */
  readonly userId: number | null;
  /** When the key, or the secret that came with the request, ends; null for never. */
  readonly expiresAt: Date | null;
}

/** Who calls without a key: whom only the public fields are open to. */
export const NOBODY: Principal = {
  kind: 'nobody',
  id: 'nobody',
  name: 'nobody',
  role: 'VIEWER',
  scopes: [],
  userId: null,
  expiresAt: null,
};

/** Whether somebody with a valid key or session calls. */
export function isKnown(principal: Principal | null): principal is Principal {
  return principal !== null && principal.kind !== 'nobody';
}

/** The scopes that a role can have: what no key of the role could do anyhow is not among them. */
export function scopesOfRole(role: Role): readonly Scope[] {
  return SCOPES.slice(0, ROLES.indexOf(role) + 2);
}

/** Whether the caller's key was made for this use. */
export function hasScope(principal: Principal | null, scope: Scope): boolean {
  return principal?.scopes.includes(scope) ?? false;
}

/** Whether the caller's role includes `needed`: `ADMIN` includes `OPERATOR`, which includes `VIEWER`. */
export function hasRole(principal: Principal | null, needed: Role): boolean {
  return isKnown(principal) && ROLES.indexOf(principal.role) >= ROLES.indexOf(needed);
}

/** Whether the caller may see what belongs to the user: it is their own, or they are at least an `OPERATOR`. */
export function maySeeUser(principal: Principal | null, userId: number): boolean {
  return isKnown(principal) && (principal.userId === userId || hasRole(principal, 'OPERATOR'));
}
