import type { ErrorCode, ShowrunnerError } from '../platform/errors.ts';
import type { Refusal } from './refusal.ts';

/** The answer where there is no picture. */
export const NO_PICTURE: Refusal = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is no such picture: use `posterUrl` or `backdropUrl` of a series.',
};

/** The answer to a width that is none. */
export const BAD_WIDTH: Refusal = {
  status: 400,
  code: 'BAD_INPUT',
  message: 'The width is a whole number of pixels from 1 to 99999.',
};

/** The answer while too many pictures are waited for. */
export const TOO_MANY_PICTURES: Refusal = {
  status: 503,
  code: 'LIMIT_EXCEEDED',
  message: 'Too many pictures are being fetched: try again.',
  headers: { 'retry-after': '2' },
};

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  NOT_FOUND: 404,
  BAD_CONFIGURATION: 503,
  MEDIA_SERVER_STARTING: 503,
  MEDIA_SERVER_UNREACHABLE: 504,
};

/** What a failed fetch is answered with; a media server that refuses or answers nonsense is a bad gateway. */
export function imageRefusal({ code, message }: ShowrunnerError): Refusal {
  return { status: STATUS[code] ?? 502, code, message };
}
