import { type ErrorCode, ShowrunnerError } from '../src/platform/errors.ts';
import { builder } from './builder.ts';

/** An expected failure of a mutation, as a member of its payload. */
class Failure extends Error {
  readonly code: ErrorCode;
  readonly path: readonly string[];
  readonly remedy: string | null;

  constructor(error: ShowrunnerError) {
    super(error.message, { cause: error });
    this.code = error.code;
    this.path = error.field ? error.field.split('.') : [];
    this.remedy = error.remedy ?? null;
  }
}

const failures = new Map<ErrorCode, new (error: ShowrunnerError) => Failure>();

const FailureInterface = builder.interfaceRef<Failure>('Failure').implement({
  description: 'An expected failure: the caller can do something about it.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'Machine-readable kind of the failure, stable across releases.',
    }),
    message: t.exposeString('message', { description: 'What went wrong, for people.' }),
    path: t.exposeStringList('path', {
      description: 'Path of the argument at fault, such as `["input", "userId"]`; empty when it is none.',
    }),
    remedy: t.exposeString('remedy', { nullable: true, description: 'What to do about it.' }),
  }),
});

/**
 * Defines the payload member `name` for errors with `code`, or with one of several codes. List the class it returns in the `errors.types` of the
 * mutations that can fail so, and run their work through `failing`.
 */
export function failureType(code: ErrorCode | readonly ErrorCode[], name: string, description: string) {
  class Kind extends Failure {}
  for (const one of [code].flat()) failures.set(one, Kind);
  builder.objectType(Kind, {
    name,
    description,
    interfaces: [FailureInterface],
    isTypeOf: (value) => value instanceof Kind,
  });
  return Kind;
}

/** Input that cannot be accepted. */
export const BadInputError = failureType('BAD_INPUT', 'BadInputError', 'The input cannot be accepted.');

/** Input that names something which does not exist. */
export const NotFoundError = failureType(
  'NOT_FOUND',
  'NotFoundError',
  'What the input names does not exist.',
);

/** A media server that is not configured, cannot be reached, refuses or answers nonsense. */
export const MediaServerError = failureType(
  [
    'BAD_CONFIGURATION',
    'MEDIA_SERVER_UNREACHABLE',
    'MEDIA_SERVER_REFUSED',
    'MEDIA_SERVER_STARTING',
    'MEDIA_SERVER_BAD_ANSWER',
  ],
  'MediaServerError',
  'The media server is not configured, cannot be reached, refuses or answers nonsense.',
);

/** Runs a mutation's work: its expected errors become members of the payload, all others stay errors of the request. */
export async function failing<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const Kind = error instanceof ShowrunnerError ? failures.get(error.code) : undefined;
    throw Kind && error instanceof ShowrunnerError ? new Kind(error) : error;
  }
}
