import { createHash, timingSafeEqual } from 'node:crypto';

/** A secret as it may be shown: its first two characters, or nothing of one too short for that. */
export function maskSecret(secret: string): string {
  return secret.length > 8 ? `${secret.slice(0, 2)}…` : '…';
}

/** A connection URL as it may be shown: without user, password and query. What is no URL is masked like any secret. */
export function maskUrl(url: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(url) ?? [];
  if (scheme === undefined || rest === undefined) return maskSecret(url);
  const at = rest.lastIndexOf('@');
  const [place = '', query] = rest.slice(at + 1).split('?', 2);
  return `${scheme}${at >= 0 ? '…@' : ''}${place}${query === undefined ? '' : '?…'}`;
}

/** SHA-256 of a text as lower-case hex (64 characters). */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Compares two hashes of equal kind in a time that does not tell where they differ. */
export function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
