import type { FailedTarget, LogLevel, VerbContext } from '../../src/platform/context.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/log.ts';

/** What a verb told about itself while it ran. */
export interface ProgressRecord {
  readonly steps: { name: string; total: number | undefined; unit: string | undefined; done: number }[];
  readonly lines: { level: LogLevel; message: string; fields: Record<string, unknown> | undefined }[];
  readonly failures: { item: string; error: unknown; target?: FailedTarget }[];
}

/** A verb's context over `db` that records its progress; the clock stands still unless `now` is given. */
export function testContext<Extra extends object>(
  db: Database,
  extra: Extra,
  now: () => Date = () => new Date('2026-11-20T12:00:00Z'),
): VerbContext & Extra & { readonly record: ProgressRecord } {
  const record: ProgressRecord = { steps: [], lines: [], failures: [] };
  return {
    db,
    signal: new AbortController().signal,
    log: createLogger('silent'),
    now,
    record,
    progress: {
      step: (name, total, unit) => {
        const current = record.steps.at(-1);
        if (current?.name === name) current.total = total;
        else record.steps.push({ name, total, unit, done: 0 });
      },
      advance: (count = 1) => {
        const current = record.steps.at(-1);
        if (current) current.done += count;
      },
      log: (level, message, fields) => record.lines.push({ level, message, fields }),
      fail: (item, error, target) => record.failures.push({ item, error, ...(target && { target }) }),
    },
    ...extra,
  };
}
