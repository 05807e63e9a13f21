import { globalId } from '../../schema/global-id.ts';
import { IMAGE_PATH } from '../../schema/image-path.ts';
import type { ImageKind } from '../media-server/library-control.ts';

/** What a request for a picture asks for. */
export interface ImageRequest {
  readonly titleId: number;
  readonly kind: ImageKind;
  /** Most pixels. */
  readonly width: number;
  /** Whether the address names a version, so that what it leads to never changes. */
  readonly isVersioned: boolean;
}

/** Widths that are asked of the media server: few, so that clients which differ a little share what is in memory. */
const WIDTHS = [160, 320, 480, 640, 960, 1280, 1920] as const;
const DEFAULT_WIDTHS: Readonly<Record<ImageKind, number>> = { poster: 480, backdrop: 1280 };
const WIDEST = 1920;

const seriesId = globalId('Series');

/** Reads the address of a request for a picture; `unknown` when there can be nothing there. */
export function parseImageRequest(address: string): ImageRequest | 'unknown' | 'bad width' {
  const url = new URL(address, 'http://localhost');
  if (!url.pathname.startsWith(IMAGE_PATH)) return 'unknown';
  const [id = '', kind = '', ...rest] = url.pathname.slice(IMAGE_PATH.length).split('/');
  const titleId = seriesId.safeParse(id);
  if (!titleId.success || rest.length > 0 || (kind !== 'poster' && kind !== 'backdrop')) return 'unknown';
  const asked = url.searchParams.get('width');
  if (asked !== null && !/^[1-9]\d{0,4}$/.test(asked)) return 'bad width';
  const wanted = asked === null ? DEFAULT_WIDTHS[kind] : Number(asked);
  const width = WIDTHS.find((one) => one >= wanted) ?? WIDEST;
  return { titleId: titleId.data, kind, width, isVersioned: url.searchParams.has('v') };
}
