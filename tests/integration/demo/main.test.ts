import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { given } from './demo-client.ts';

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

function start(...flags: string[]): ChildProcess {
  const started = spawn(process.execPath, ['--import', 'tsx', 'src/demo/main.ts', ...flags], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child = started;
  return started;
}

async function firstLine(process: ChildProcess) {
  for await (const line of createInterface({ input: given(process.stdout, 'output') })) {
    return z.object({ url: z.url(), apiKey: z.string() }).parse(JSON.parse(line));
  }
  throw new Error('The demo server ended without a line.');
}

describe('the demo server as a process', () => {
  it('says where it listens with which key, serves the shipped catalog, and stops on SIGTERM', async () => {
    const process = start('--api-key', 'secret', '--dialect', 'emby');
    const { url, apiKey } = await firstLine(process);
    expect(apiKey).toBe('secret');
    const response = await fetch(`${url}/Items?IncludeItemTypes=Series&Recursive=true`, {
      headers: { 'x-emby-token': apiKey },
    });
    expect(await response.json()).toMatchObject({ TotalRecordCount: 150 });
    const ended = once(process, 'exit');
    process.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('stops when its parent closes standard input, if told to', async () => {
    const process = start('--exit-with-parent');
    await firstLine(process);
    const ended = once(process, 'exit');
    process.stdin?.end();
    expect(await ended).toEqual([0, null]);
  });

  it('says what is wrong with its flags and ends with status 2', async () => {
    for (const [flags, message] of [
      [['--dialect', 'plex'], '--dialect must be jellyfin or emby, not "plex".'],
      [['--server-version', 'new'], '"new" is not a server version.'],
      [['--port', 'any'], '--port must be a whole number, not "any".'],
    ] as const) {
      const process = start(...flags);
      let errors = '';
      process.stderr?.on('data', (chunk) => {
        errors += String(chunk);
      });
      expect(await once(process, 'close')).toEqual([2, null]);
      expect(errors).toContain(message);
    }
  });
});
