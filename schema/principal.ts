import { ROLES, type Role } from '../drizzle/tables/access.ts';

/** Who calls: the API key behind a request. */
export interface Principal {
  readonly kind: 'key';
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The media-server user whose data a `VIEWER` key may see; null for keys bound to nobody. */
  readonly userId: number | null;
}

/** Whether the caller's role includes `needed`: `ADMIN` includes `OPERATOR`, which includes `VIEWER`. */
export function hasRole(principal: Principal | null, needed: Role): boolean {
  return principal !== null && ROLES.indexOf(principal.role) >= ROLES.indexOf(needed);
}

/** Whether the caller may see what belongs to the user: it is their own, or they are at least an `OPERATOR`. */
export function maySeeUser(principal: Principal | null, userId: number): boolean {
  return principal !== null && (principal.userId === userId || hasRole(principal, 'OPERATOR'));
}
