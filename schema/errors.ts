import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import { databaseFailure, statementTimeout } from '../src/platform/database-failure.ts';
import { ShowrunnerError } from '../src/platform/errors.ts';
import type { ApiContext } from './context.ts';
import { explainRefusal } from './refused-values.ts';

/**
 * What a caller may see of an error, as yoga's `maskedErrors.maskError`. An expected error becomes a GraphQL error
 * with `code`, `field`, `value` and `remedy` in its extensions, wherever in the result it happened; a GraphQL error of
 * the request's own making passes; anything else keeps its place and nothing but the code `INTERNAL`.
 *
 * @param message what to say of an unexpected error
 * @param isDev whether to show an unexpected error's own message
 */
export function maskError(error: unknown, message: string, isDev = false): GraphQLError {
  const thrown = originalOf(error);
  const original = databaseFailure(thrown) ?? statementTimeout(thrown) ?? thrown;
  if (original instanceof GraphQLError)
    return original === error ? original : relocated(error, original.message, original.extensions);
  if (original instanceof ShowrunnerError) return relocated(error, original.message, extensionsOf(original));
  const shown = isDev && original instanceof Error ? original.message : message;
  return relocated(error, shown, { code: 'INTERNAL' });
}

interface Execution {
  readonly contextValue: ApiContext;
  readonly schema: GraphQLSchema;
}

/**
 * Yoga plugin that masks the errors of every result, names the request in those that are masked and hands their
 * originals to `report`; those of the request itself get a remedy. It takes the place of yoga's `maskedErrors`, which does not know the request.
 */
export function errorMasking(
  report: (error: unknown, requestId: string) => void,
  message = 'Something went wrong on our side.',
): Plugin<ApiContext> {
  const mask = (error: unknown, { contextValue: { requestId }, schema }: Execution): GraphQLError => {
    const masked = maskError(error, message);
    if (masked.extensions.code === undefined) return explainRefusal(masked, schema);
    if (masked.extensions.code !== 'INTERNAL') return masked;
    report(originalOf(error), requestId);
    return relocated(masked, masked.message, { ...masked.extensions, requestId });
  };
  const maskResult = (
    result: ExecutionResult,
    execution: Execution,
    setResult: (result: ExecutionResult) => void,
  ) => {
    if (result.errors) setResult({ ...result, errors: result.errors.map((error) => mask(error, execution)) });
  };
  return {
    onValidate:
      ({ params: { schema } }) =>
      ({ result, setResult }) =>
        setResult(result.map((error) => explainRefusal(error, schema, 'GRAPHQL_VALIDATION_FAILED'))),
    onExecute: ({ args }) => ({
      onExecuteDone: (payload) =>
        handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) =>
          maskResult(result, args, setResult),
        ),
    }),
    onSubscribe: ({ args }) => ({
      onSubscribeResult: (payload) =>
        handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) =>
          maskResult(result, args, setResult),
        ),
      onSubscribeError: ({ error, setError }) => setError(mask(error, args)),
    }),
  };
}

function originalOf(error: unknown): unknown {
  if (error instanceof GraphQLError && error.originalError) return originalOf(error.originalError);
  return error;
}

function extensionsOf({ code, field, value, remedy }: ShowrunnerError): Record<string, unknown> {
  return {
    code,
    ...(field !== undefined && { field }),
    ...(value !== undefined && { value }),
    ...(remedy !== undefined && { remedy }),
  };
}

/** A new error at the place of `error` in the result, without anything that could carry its origin. */
function relocated(error: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}
