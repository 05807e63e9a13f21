import { z } from 'zod';
import { ShowrunnerError } from '../src/platform/errors.ts';

/** Most items of one page, and of any other list whose length the caller chooses. */
export const MAX_PAGE_SIZE = 100;

/** An integer that PostgreSQL can hold. */
export const integer = z.number().int().min(-2_147_483_648).max(2_147_483_647);

/** Text that PostgreSQL can hold, of at most `maxLength` characters. */
export function text(maxLength: number) {
  return z
    .string()
    .max(maxLength, `At most ${maxLength} characters are allowed.`)
    .refine((value) => !value.includes('\u0000'), 'The NUL character is not allowed.');
}

/** How many items to return: 1 to 100. */
export function pageSize(byDefault: number) {
  const message = `A whole number from 1 to ${MAX_PAGE_SIZE} is needed.`;
  return z
    .number()
    .int(message)
    .min(1, message)
    .max(MAX_PAGE_SIZE, message)
    .nullish()
    .transform((size) => size ?? byDefault);
}

/**
 * Parses the arguments of a field.
 *
 * @throws ShowrunnerError `BAD_INPUT` that names the first argument at fault, as a path such as `filter.libraryId`
 */
export function parseInput<Output>(schema: z.ZodType<Output>, input: unknown): Output {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (!issue) throw new TypeError('A failed parse has no issue.');
  const remedy: unknown = issue.code === 'custom' ? issue.params?.remedy : undefined;
  const value = valueAt(input, issue.path);
  throw new ShowrunnerError('BAD_INPUT', issue.message, {
    field: issue.path.join('.'),
    ...(value !== undefined && { value }),
    remedy: typeof remedy === 'string' ? remedy : `Change the argument \`${issue.path.join('.')}\`.`,
  });
}

function valueAt(input: unknown, path: readonly PropertyKey[]): string | undefined {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  if (value === undefined) return undefined;
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 100);
}
