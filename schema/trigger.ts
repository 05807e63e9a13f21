import type { RunTrigger } from '../drizzle/tables/jobs.ts';
import type { ApiContext } from './context.ts';

/** Name of the caller's API key. */
export function keyName({ principal }: ApiContext): string {
  return principal?.name ?? 'unknown';
}

/** The trigger of what a caller starts. */
export function manual(context: ApiContext): RunTrigger {
  return { kind: 'MANUAL', ...caller(context) };
}

/** The trigger of a run that a caller wants again. */
export function retryOf(context: ApiContext, runId: string): RunTrigger {
  return { kind: 'RETRY', ...caller(context), retryOf: runId };
}

/** Who asks: the name of the API key and the user it belongs to. */
export function caller(context: ApiContext): Pick<RunTrigger, 'key' | 'userId'> {
  const userId = context.principal?.userId;
  return { key: keyName(context), ...(userId && { userId }) };
}
