import { hash } from 'node:crypto';

/** Fingerprint of a row's content: equal content gives an equal hash, so that an unchanged row is not written. */
export function contentHash(...content: readonly unknown[]): string {
  return hash('sha1', JSON.stringify(content), 'base64url');
}
