import { ShowrunnerError } from '../platform/errors.ts';

/** The place of an event in the stream of a run or workflow: the run and the event's number in it. */
export interface RunCursor {
  readonly runId: string;
  readonly seq: number;
}

/** Writes a cursor. */
export function formatRunCursor(runId: string, seq: number): string {
  return `${runId}:${seq}`;
}

/** Reads a cursor; undefined for text that is none. */
export function parseRunCursor(text: string): RunCursor | undefined {
  const match = /^([0-9a-f-]{36}):(\d{1,9})$/.exec(text);
  return match?.[1] && match[2] ? { runId: match[1], seq: Number(match[2]) } : undefined;
}

/** The error for a cursor of something else than what it is asked with. */
export function foreignCursor(what: 'run' | 'workflow', value: string): ShowrunnerError {
  return new ShowrunnerError('BAD_INPUT', `This cursor does not belong to this ${what}.`, {
    field: 'after',
    value,
    remedy: `Pass a cursor of an event of this ${what}, or leave it out.`,
  });
}
