import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const PROGRAM = fileURLToPath(new URL('../../demo/main.ts', import.meta.url));
const ready = z.object({ url: z.string(), apiKey: z.string() });

/** The demo media server in a process of its own. */
export interface DemoMediaServer {
  readonly url: string;
  readonly apiKey: string;
  stop(): Promise<void>;
}

/**
 * Starts the demo media server as a child that ends with this process.
 *
 * @param args its command line, see src/demo/main.ts
 */
export async function startDemoMediaServer(args: readonly string[]): Promise<DemoMediaServer> {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), PROGRAM, '--exit-with-parent', ...args],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    return {
      ...ready.parse(JSON.parse(line)),
      stop: async () => {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }
  throw new Error('The demo media server ended before it listened.');
}
