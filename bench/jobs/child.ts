import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';

/** A process of the benchmark that answers one order after the other. */
export interface Child {
  readonly process: ChildProcess;
  /** Gives an order and waits for its answer. */
  ask<Answer>(order: Record<string, unknown>, answer: z.ZodType<Answer>): Promise<Answer>;
  /** SIGTERM, and waits until it has ended. */
  stop(): Promise<void>;
}

/** Starts `file` of this folder in a process of its own, and gives what it says first. */
export async function startChild<Answer>(
  file: string,
  environment: NodeJS.ProcessEnv,
  hello: z.ZodType<Answer>,
): Promise<{ child: Child; said: Answer }> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: environment,
    execArgv: ['--expose-gc', ...profiling(file), '--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const answer = async (): Promise<unknown> => {
    const controller = new AbortController();
    const died = ended.then(() => {
      throw new Error(`${file} ended before it answered.`);
    });
    try {
      const [message] = await Promise.race([once(child, 'message', { signal: controller.signal }), died]);
      return message;
    } finally {
      controller.abort();
    }
  };
  const said = hello.parse(await answer());
  return {
    said,
    child: {
      process: child,
      ask: async (order, schema) => {
        const answered = answer();
        child.send(order);
        return schema.parse(await answered);
      },
      stop: async () => {
        child.kill('SIGTERM');
        await ended;
      },
    },
  };
}

/** With BENCH_PROFILE set to a folder, the server leaves a CPU profile there. */
function profiling(file: string): string[] {
  const folder = process.env.BENCH_PROFILE;
  return folder && file.includes('server') ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
}
