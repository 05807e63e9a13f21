import { z } from 'zod';
import { RUN_STATES } from '../../drizzle/tables/jobs.ts';

/** One step of a run as events and live progress show it. */
export const runStepView = z.object({
  name: z.string(),
  unit: z.string().nullable(),
  total: z.number().nullable(),
  done: z.number(),
  message: z.string().nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
});

const error = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  field: z.string().optional(),
  value: z.string().optional(),
});

/** What a run did: the figures of its job by name. */
const result = z.object({ job: z.string(), dryRun: z.boolean(), counts: z.record(z.string(), z.number()) });

/**
 * Everything that can happen to a run, by type. This is the one list of event types: the engine stores them, feeds
 * publish them and the API shows them.
 */
const body = z.discriminatedUnion('type', [
  /** The run entered `state`; the first event of a run says `QUEUED`, the last one a final state. */
  z.object({
    type: z.literal('STATE'),
    state: z.enum(RUN_STATES),
    attempt: z.number(),
    reason: z.string().nullable(),
    error: error.nullable(),
    result: result.nullable(),
  }),
  z.object({ type: z.literal('STEP_STARTED'), step: runStepView }),
  z.object({ type: z.literal('STEP_FINISHED'), step: runStepView }),
  z.object({ type: z.literal('PROGRESS'), step: runStepView }),
  z.object({
    type: z.literal('LOG'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
    fields: z.record(z.string(), z.unknown()).nullable(),
  }),
  z.object({
    type: z.literal('ITEM_FAILED'),
    item: z.string(),
    error,
    /** Null where the item cannot be done alone. */
    target: z
      .object({ kind: z.enum(['user', 'library', 'title']), id: z.number() })
      .nullable()
      .default(null),
  }),
]);

export type RunEventBody = z.output<typeof body>;

/** An event to be stored, with the time it happened. */
export interface NewEvent {
  readonly at: Date;
  readonly body: RunEventBody;
}

export type RunStepView = z.output<typeof runStepView>;
export type RunResultView = z.output<typeof result>;

/** A stored event: `seq` counts from 1 without gaps inside its run. */
export interface RunEvent {
  readonly runId: string;
  readonly seq: number;
  readonly at: Date;
  readonly body: RunEventBody;
}

/** Reads a stored payload; throws on one that this version does not know. */
export function parseRunEvent(row: {
  runId: string;
  seq: number;
  at: Date;
  type: string;
  payload: Record<string, unknown>;
}): RunEvent {
  return {
    runId: row.runId,
    seq: row.seq,
    at: row.at,
    body: body.parse({ ...row.payload, type: row.type }),
  };
}

/** States that no run ever leaves. */
export const FINAL_STATES: readonly string[] = ['SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED'];

/** Whether `event` is the last one of its run. */
export function isTerminal(event: RunEvent): boolean {
  return event.body.type === 'STATE' && FINAL_STATES.includes(event.body.state);
}
