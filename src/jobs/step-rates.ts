import type { RunStepView } from './run-event.ts';

/** What can be derived of a step's counts at a time. */
export interface StepRates {
  /** 0..1 */
  readonly fraction: number | null;
  readonly ratePerSecond: number | null;
  readonly timeLeftMs: number | null;
}

/** Shares and rates of a step: its own average since it began, which for bulk work tells the end better than the last second. */
export function stepRates(step: RunStepView, now: Date): StepRates {
  const { done, total } = step;
  const end = step.finishedAt ? new Date(step.finishedAt) : now;
  const elapsedMs = end.getTime() - new Date(step.startedAt).getTime();
  const ratePerSecond = done > 0 && elapsedMs > 0 ? (done / elapsedMs) * 1_000 : null;
  if (total === null) return { fraction: null, ratePerSecond, timeLeftMs: step.finishedAt ? 0 : null };
  const fraction = total === 0 ? 1 : Math.min(1, done / total);
  const left = Math.max(0, total - done);
  if (step.finishedAt || left === 0) return { fraction, ratePerSecond, timeLeftMs: 0 };
  return { fraction, ratePerSecond, timeLeftMs: ratePerSecond && Math.round((left / ratePerSecond) * 1_000) };
}
