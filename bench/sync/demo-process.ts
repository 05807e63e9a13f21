import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** A demo media server in a process of its own, so that its work is not counted as ours. */
export interface DemoProcess {
  readonly url: string;
  readonly apiKey: string;
  stop(): Promise<void>;
}

const ReadySchema = z.object({ url: z.string(), apiKey: z.string() });

/** Starts the demo server over the catalog in `folder` and waits until it listens. */
export async function startDemoProcess(folder: string): Promise<DemoProcess> {
  const main = fileURLToPath(new URL('../../src/demo/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--catalog', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line'), exited.then(() => null)]);
  if (line === null) throw new Error('The demo server ended before it listened.');
  return {
    ...ReadySchema.parse(JSON.parse(String(line[0]))),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
