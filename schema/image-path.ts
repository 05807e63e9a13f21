import { createHash } from 'node:crypto';
import type { ImageKind } from '../src/media-server/library-control.ts';
import { encodeGlobalId } from './global-id.ts';

/** Where the server answers requests for pictures of series. */
export const IMAGE_PATH = '/images/series/';

/** Path of a picture on this server; `v` changes with the picture, so that browsers may keep it. */
export function imagePath(titleId: number, kind: ImageKind, tag: string | null): string | null {
  if (tag === null) return null;
  const version = createHash('sha256').update(tag).digest('base64url').slice(0, 10);
  return `${IMAGE_PATH}${encodeGlobalId('Series', titleId)}/${kind}?v=${version}`;
}
