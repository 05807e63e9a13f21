import type { WatchRunSubscription, WatchWorkflowSubscription } from './generated/graphql.ts';

type Event = WatchRunSubscription['jobRunEvents'] | WatchWorkflowSubscription['workflowRunEvents'];
type Step = Extract<Event, { __typename: 'JobProgress' }>['step'];

const FINAL: readonly string[] = ['SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED'];

/** Whether a run or workflow in this state has ended. */
export function isFinal(state: string): boolean {
  return FINAL.includes(state);
}

/** Prints an event as a line; progress stays on one line that is written over, or is left out where there is no terminal. */
export function printEvent(event: Event): void {
  if (event.__typename === 'JobProgress') {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K          ${stepText(event.step)}`);
    return;
  }
  const text = eventText(event);
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  if (text) console.log(`${event.at.slice(11, 19)}  ${text}`);
}

function eventText(event: Event): string | null {
  switch (event.__typename) {
    case 'JobRunSnapshot':
      return `${event.run.job}: ${event.run.state} as we look`;
    case 'JobStateChanged':
      return [
        event.state,
        event.reason,
        event.error?.message,
        event.error?.remedy,
        counts(event.result?.counts),
      ]
        .filter(Boolean)
        .join('  ');
    case 'JobStepFinished':
      return `  ${stepText(event.step)}`;
    case 'JobLogLine':
      return `  ${event.level}: ${event.message}`;
    case 'JobItemFailed':
      return `  failed: ${[event.item, event.failure?.message, event.failure?.remedy].filter(Boolean).join(' – ')}`;
    case 'JobResync':
      return `  events ${event.missingFrom} to ${event.missingTo} are missing: ${event.reason}`;
    default:
      return null;
  }
}

function counts(result: readonly { name: string; value: number }[] | undefined): string {
  return (result ?? []).map(({ name, value }) => `${name}=${value}`).join(' ');
}

function stepText({ name, done, total, unit, ratePerSecond, timeLeftMs }: Step): string {
  const parts = [`${name}:`, total === null ? `${done}` : `${done}/${total}`];
  if (unit) parts.push(unit);
  if (ratePerSecond) parts.push(`${ratePerSecond.toFixed(1)}/s`);
  if (timeLeftMs) parts.push(`${(timeLeftMs / 1_000).toFixed(0)} s left`);
  return parts.join(' ');
}
