import type { GraphQLError } from 'graphql';
import { type Refusal, refusalError } from './refusal.ts';

/** A limit that a request is over. */
export interface Exceeded {
  /** Name of the limit, stable across releases. */
  readonly limit: string;
  /** What it allows. */
  readonly max: number;
  /** What was asked; left out where it was not counted to the end. */
  readonly value?: number;
  /** What holds, as a sentence. */
  readonly message: string;
  /** What the caller can do, as a sentence. */
  readonly remedy: string;
  /** The environment variable that sets the limit. */
  readonly variable?: string;
}

/** The refusal of what is over a limit: it tells the limit, what it allows, what was asked and what to do. */
export function overLimit(exceeded: Exceeded): Pick<Refusal, 'code' | 'message' | 'extensions'> {
  const { message, variable, ...told } = exceeded;
  const raise = variable ? ` An administrator can raise it by ${variable}.` : '';
  return {
    code: 'LIMIT_EXCEEDED',
    message: `${message} ${told.remedy}`,
    extensions: { ...told, remedy: `${told.remedy}${raise}` },
  };
}

/** The same as the error of a GraphQL operation. */
export function overLimitError(exceeded: Exceeded): GraphQLError {
  return refusalError(overLimit(exceeded));
}
