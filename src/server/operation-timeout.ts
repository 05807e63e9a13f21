import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { overLimitError } from './limit-exceeded.ts';

/**
 * Answers a query or mutation that takes longer than `maxMs` with an error. What it had begun goes on unseen: the
 * database cancels its statement where it can (PostgreSQL), and a mutation may still come to its end.
 *
 * @param maxMs `Infinity` for no limit
 */
export function operationTimeout(maxMs: number): Plugin {
  if (!Number.isFinite(maxMs)) return {};
  const tooLong = (): ExecutionResult => ({ errors: [timeoutError(maxMs)] });
  return {
    onExecute: ({ executeFn, setExecuteFn }) => {
      setExecuteFn((args) => {
        const result: unknown = executeFn(args);
        return result instanceof Promise ? within(result, maxMs, tooLong) : result;
      });
    },
  };
}

function timeoutError(maxMs: number) {
  return overLimitError({
    limit: 'operationMs',
    max: maxMs,
    message: `The operation took longer than ${maxMs} ms.`,
    remedy: 'Ask for less at a time; look whether a mutation took effect before you send it again.',
    variable: 'SHOWRUNNER_LIMIT_OPERATION_SECONDS',
  });
}

/** What `work` comes to, or `otherwise()` when that takes longer than `ms`. */
function within<Result, Other>(
  work: Promise<Result>,
  ms: number,
  otherwise: () => Other,
): Promise<Result | Other> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(otherwise()), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
