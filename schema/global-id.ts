import { z } from 'zod';
import { ShowrunnerError } from '../src/platform/errors.ts';

/** Largest value of a PostgreSQL integer, which most ids are. */
const MAX_INTEGER = 2_147_483_647;

/** Id of an object that is unique over all types: base64url of `Type:id`. Opaque to callers. */
export function encodeGlobalId(type: string, id: string | number | bigint): string {
  return Buffer.from(`${type}:${id}`, 'utf8').toString('base64url');
}

/** Type and inner id of a global id; null when it is none. */
export function decodeGlobalId(globalId: string): { typename: string; id: string } | null {
  const match = /^(\w+):(.+)$/s.exec(Buffer.from(globalId, 'base64url').toString('utf8'));
  const [, typename, id] = match ?? [];
  if (typename === undefined || id === undefined) return null;
  return encodeGlobalId(typename, id) === globalId ? { typename, id } : null;
}

/** As `decodeGlobalId`, for the `id` argument of `node` and `nodes`; throws `BAD_INPUT`. */
export function requireGlobalId(globalId: string): { typename: string; id: string } {
  const decoded = decodeGlobalId(globalId);
  if (decoded) return decoded;
  throw new ShowrunnerError('BAD_INPUT', 'This is not an id of this API.', {
    field: 'id',
    value: globalId.slice(0, 100),
    remedy: 'Pass an id exactly as a query returned it.',
  });
}

/** The integer inside a decoded id; null when it is none. */
export function integerId(id: string): number | null {
  const value = /^[1-9]\d{0,9}$/.test(id) ? Number(id) : 0;
  return value > 0 && value <= MAX_INTEGER ? value : null;
}

/** Parses a global id of `type` to the integer in it. */
export function globalId(type: string) {
  return z.string().transform((text, context) => {
    const decoded = decodeGlobalId(text);
    const id = decoded?.typename === type ? integerId(decoded.id) : null;
    if (id !== null) return id;
    context.addIssue({
      code: 'custom',
      message: decoded
        ? `An id of type ${type} is needed, not one of ${decoded.typename}.`
        : `This is no id of type ${type}.`,
      params: { remedy: `Pass the id of a ${type} exactly as a query returned it.` },
    });
    return z.NEVER;
  });
}
