import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from './showrunner-process.ts';

const ENTRY = fileURLToPath(new URL('./engine-process.ts', import.meta.url));

/** An engine with the jobs of the contract in a process of its own. */
export interface WorkerProcess {
  readonly pid: number;
  /** Resolves when it executes runs; rejects with what it complained of when it ends before. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended: with its exit code, or null after a signal. */
  readonly exited: Promise<number | null>;
  /** What it wrote to standard error. */
  complaints(): string;
  /** Closes its standard input; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts such a process with these settings. */
export function spawnWorker(settings: Record<string, string>): WorkerProcess {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), ENTRY], {
    env: { ...cleanEnvironment(), SHOWRUNNER_LOG_LEVEL: 'error', ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const exited = once(child, 'close').then(() => child.exitCode);
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    void exited.then(() => reject(new Error(`The worker ended before it was ready: ${complaints}`)));
  });
  // A worker that is meant to die has nobody who waits for it.
  ready.catch(() => {});
  return {
    pid: child.pid ?? 0,
    ready,
    exited,
    complaints: () => complaints,
    stop: () => {
      child.stdin.end();
      return exited;
    },
  };
}
