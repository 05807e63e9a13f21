/**
 * Machine-readable error codes, stable across releases. They appear in GraphQL results, run records and logs.
 */
export type ErrorCode =
  | 'BAD_INPUT'
  | 'BAD_CONFIGURATION'
  | 'NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'SIGN_IN_REFUSED'
  | 'SIGN_IN_LOCKED'
  | 'CONFLICT'
  | 'PREREQUISITE_MISSING'
  | 'LIMIT_EXCEEDED'
  | 'MEDIA_SERVER_UNREACHABLE'
  | 'MEDIA_SERVER_REFUSED'
  | 'MEDIA_SERVER_STARTING'
  | 'MEDIA_SERVER_BAD_ANSWER'
  | 'PROVIDER_REFUSED'
  | 'PROVIDER_UNREACHABLE'
  | 'PROVIDER_BAD_ANSWER'
  | 'LIBRARY_WRITE_FAILED'
  | 'DATABASE_UNAVAILABLE'
  | 'SCHEDULER_UNAVAILABLE'
  | 'SERVER_STOPPING'
  | 'DATA_FOLDER_IN_USE'
  | 'LARGE_REMOVAL'
  | 'INTERNAL';

/** What an error carries beside its message. */
export interface ErrorDetails {
  /** What the reader can do about it, as one imperative sentence. */
  readonly remedy?: string;
  /** The input field, setting or environment variable at fault. */
  readonly field?: string;
  /** The offending value, already masked when it is a secret. */
  readonly value?: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  /** Earliest useful retry, in ms from now, when the other side named one. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** The one error class of the program: everything expected to go wrong is one of these, everything else is a bug. */
export class ShowrunnerError extends Error {
  override readonly name = 'ShowrunnerError';
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly field: string | undefined;
  readonly value: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
    this.field = details.field;
    this.value = details.value;
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The plain form of an error, as stored with a run and shown in the API. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy?: string;
  readonly field?: string;
  readonly value?: string;
}

const UNEXPECTED =
  'This was not foreseen: its origin is in the log of the server; please report it if it comes again.';

/** Turns anything thrown into a storable record; unknown errors become `INTERNAL` and keep their message, never their stack. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof ShowrunnerError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.remedy && { remedy: error.remedy }),
      ...(error.field && { field: error.field }),
      ...(error.value && { value: error.value }),
    };
  }
  return { code: 'INTERNAL', message: messageOf(error), remedy: UNEXPECTED };
}

/** The query builder's own message is the whole statement with its parameters; what went wrong is in its cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.startsWith('Failed query:') && error.cause ? messageOf(error.cause) : error.message;
}
