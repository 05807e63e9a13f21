import { ShowrunnerError } from './errors.ts';

/** How Node.js and postgres.js name a connection that could not be made or broke. */
const LOST = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);
/**
 * SQLSTATEs after which the same work may succeed later: connection exceptions (class 08), too many connections,
 * serialisation failure, deadlock, lock time-out, and a server that stops or starts.
 * Source: PostgreSQL documentation, appendix "PostgreSQL Error Codes".
 */
const PASSING = /^(08...|53300|40001|40P01|55P03|57P0[1-5])$/;

/**
 * What to make of an error when it is the database that failed, not the statement: a retryable `DATABASE_UNAVAILABLE`.
 * Undefined for any other error.
 */
export function databaseFailure(error: unknown): ShowrunnerError | undefined {
  if (error instanceof ShowrunnerError) return undefined;
  const code = codeOf(error);
  if (code === undefined || !(LOST.has(code) || PASSING.test(code))) return undefined;
  return new ShowrunnerError('DATABASE_UNAVAILABLE', `The database did not answer (${code}).`, {
    remedy: 'Check that the database runs and can be reached; the work is tried again by itself.',
    retryable: true,
    cause: error,
  });
}

/** SQLSTATE of a statement that was cancelled, here by its time limit. */
const CANCELLED = '57014';

/** What to make of an error when a statement took longer than it may: `LIMIT_EXCEEDED`. Undefined for any other error. */
export function statementTimeout(error: unknown): ShowrunnerError | undefined {
  if (error instanceof ShowrunnerError || codeOf(error) !== CANCELLED) return undefined;
  return new ShowrunnerError('LIMIT_EXCEEDED', 'The database took longer than an operation may.', {
    remedy: 'Ask for less at a time.',
    cause: error,
  });
}

/** The code of an error or of what caused it. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error instanceof AggregateError ? error.errors[0] : error.cause);
}
