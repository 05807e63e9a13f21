import { z } from 'zod';

/** What a reader is told about a variable. */
export interface VariableAbout {
  readonly group: string;
  readonly description: string;
  /** The default as shown; in words where it comes from somewhere. */
  readonly default?: string;
  /** `whole`: the value is a secret; `url`: it may hold a password. */
  readonly secret?: 'whole' | 'url';
}

/** What readers are told about each variable, by its parser. */
const abouts = new Map<z.ZodType, VariableAbout>();

/** A variable that may be left out. */
export function optional<Schema extends z.ZodType<unknown, string>>(schema: Schema, about: VariableAbout) {
  const variable = schema.optional();
  abouts.set(variable, about);
  return variable;
}

/** A variable with a default, which is parsed like a given value. */
export function defaulting<Schema extends z.ZodType<unknown, string>>(
  schema: Schema,
  about: VariableAbout & { readonly default: string },
) {
  const variable = z.string().prefault(about.default).pipe(schema);
  abouts.set(variable, about);
  return variable;
}

/** What readers are told about the variable with this parser, undefined for a parser that is none of a variable. */
export function aboutParser(parser: z.ZodType): VariableAbout | undefined {
  return abouts.get(parser);
}
