import { z } from 'zod';
import type { CursorKey } from '../src/platform/json-pages.repo.ts';

/**
 * Opaque place in a list: base64url of the JSON array of the list's tag and the row's key. The tag names list and
 * order, so that a cursor of another one is noticed.
 */
export function encodeCursor(tag: string, key: CursorKey): string {
  return Buffer.from(JSON.stringify([tag, ...key]), 'utf8').toString('base64url');
}

/** Parses a cursor of the list `tag` to its key, as `key` describes it; null and undefined stand for the first page. */
export function cursor<Key>(tag: string, key: z.ZodType<Key>) {
  return z
    .string()
    .nullish()
    .transform((text, context): Key | null => {
      if (text === null || text === undefined) return null;
      const [found, ...rest] = decode(text);
      const parsed = key.safeParse(rest);
      if (found === tag && parsed.success) return parsed.data;
      context.addIssue({
        code: 'custom',
        message:
          typeof found === 'string'
            ? 'This cursor belongs to another list or order.'
            : 'This is no cursor of this API.',
        params: { remedy: 'Pass `endCursor` of the page before, with the same arguments otherwise.' },
      });
      return z.NEVER;
    });
}

function decode(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
