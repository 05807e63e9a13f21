import type { RunTrigger } from '../drizzle/tables/jobs.ts';
import type { ApiContext } from './context.ts';

/** Name of the caller's API key. */
export function keyName({ principal }: ApiContext): string {
  return principal?.name ?? 'unknown';
}

/** The trigger of what a caller starts. */
export function manual(context: ApiContext): RunTrigger {
  return { kind: 'MANUAL', key: keyName(context) };
}
