import { createHash } from 'node:crypto';
import type { RunState } from '../../drizzle/tables/jobs.ts';
import { type ErrorRecord, ShowrunnerError } from '../platform/errors.ts';
import type { RunParams } from './job-definition.ts';
import type { NewEvent, RunResultView } from './run-event.ts';

/** States in which a run still occupies its job and parameters. */
export const UNFINISHED: readonly RunState[] = ['QUEUED', 'RUNNING', 'STOPPING', 'INTERRUPTED'];

const LONGEST_BACKOFF_MS = 5 * 60_000;

/** The event of a run entering a state. */
export function stateEvent(
  at: Date,
  state: RunState,
  attempt: number,
  more: { reason?: string; error?: ErrorRecord; result?: RunResultView } = {},
): NewEvent {
  return {
    at,
    body: {
      type: 'STATE',
      state,
      attempt,
      reason: more.reason ?? null,
      error: more.error ?? null,
      result: more.result ?? null,
    },
  };
}

/** How long to wait after attempt `attempt`, in ms: doubling from `firstMs` to 5 min, or what the other side asked for. */
export function backoffMs(firstMs: number, attempt: number, error: unknown): number {
  const doubled = Math.min(firstMs * 2 ** (attempt - 1), LONGEST_BACKOFF_MS);
  const asked = error instanceof ShowrunnerError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(doubled, asked);
}

/** Whether the same run may succeed later without anybody changing anything. */
export function isRetryable(error: unknown): boolean {
  return error instanceof ShowrunnerError && error.retryable;
}

/** Key by which equal requests are recognised: job, parameters whatever their order, and the workflow they belong to. */
export function dedupeKey(job: string, params: RunParams, workflowRunId: string | null): string {
  const canonical = JSON.stringify([job, sortKeys(params), workflowRunId]);
  return createHash('sha256').update(canonical).digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}

/** Whether a run with these parameters writes nothing. */
export function isDryRun(params: RunParams): boolean {
  return params.dryRun === true;
}
