import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type DemoServer, startDemoServer } from '../../src/demo/server.ts';
import { type CuttableProxy, openCuttableProxy } from '../support/cuttable-proxy.ts';
import { smallHousehold } from '../support/household.ts';
import { type ShowrunnerProcess, startProcess } from '../support/showrunner-process.ts';

const EXAMPLES = fileURLToPath(new URL('../../client-examples/', import.meta.url));
const KEY = 'examples-test-key-of-24-characters';
const PATIENCE = { timeout: 30_000 };
const TYPESCRIPT = [process.execPath, '--import', import.meta.resolve('tsx')];

/** A script that runs, and what it has printed so far. */
interface Script {
  readonly child: ChildProcess;
  readonly out: string[];
  readonly complaints: string[];
  readonly exited: Promise<unknown>;
}

describe('the client examples', { timeout: 120_000 }, () => {
  let folder: string;
  let media: DemoServer;
  let server: ShowrunnerProcess;
  let proxy: CuttableProxy;
  const running: Script[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-examples-'));
    media = await startDemoServer({ catalog: await smallHousehold(20), mediaFolder: join(folder, 'media') });
    server = await startProcess({
      SHOWRUNNER_DATA: folder,
      SHOWRUNNER_ADMIN_KEY: KEY,
      SHOWRUNNER_NEW_USERS: 'enabled',
      MEDIA_SERVER_URL: media.url,
      MEDIA_SERVER_API_KEY: media.apiKey,
    });
    proxy = await openCuttableProxy(server.url);
  }, 120_000);

  afterEach(() => {
    for (const { child } of running.splice(0)) child.kill();
  });

  afterAll(async () => {
    await proxy?.close();
    await server?.stop();
    await media?.close();
    await rm(folder, { recursive: true, force: true });
  });

  function start(key: string, [program = '', ...args]: readonly string[]): Script {
    const env = { PATH: process.env.PATH, SHOWRUNNER_URL: `${proxy.url}/graphql`, SHOWRUNNER_KEY: key };
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const script: Script = { child, out: [], complaints: [], exited: once(child, 'close') };
    child.stdout.on('data', (chunk: Buffer) => script.out.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => script.complaints.push(chunk.toString()));
    running.push(script);
    return script;
  }

  /** The lines a script printed, when it has ended. */
  async function linesOf(script: Script): Promise<string[]> {
    await script.exited;
    return script.out.join('').trim().split('\n');
  }

  async function mediaServerTakes(latencyMs: number): Promise<void> {
    await fetch(`${media.url}/demo/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ latencyMs }),
    });
  }

  const watchers = [
    ['watch-run.ts', [...TYPESCRIPT, join(EXAMPLES, 'watch-run.ts')], 'node'],
    ['watch_run.py', ['python3', join(EXAMPLES, 'python', 'watch_run.py')], 'python3'],
  ] as const;
  for (const [name, command, program] of watchers) {
    it.skipIf(isMissing(program))(`${name} tells every event once, also over a cut connection`, async () => {
      await mediaServerTakes(500);
      const script = start(KEY, [...command, 'SYNC_SERIES']);
      await vi.waitFor(() => expect(script.out.join('')).toContain('RUNNING'), PATIENCE);
      proxy.cut();
      await vi.waitFor(() => expect(script.complaints.join('')).toContain('trying again'), PATIENCE);
      await mediaServerTakes(0);

      const lines = await linesOf(script);
      expect(lines.at(-1)).toContain('SUCCEEDED');
      expect(lines.filter((line) => line.includes('QUEUED'))).toHaveLength(1);
      expect(lines.filter((line) => line.includes('Shows: series'))).toHaveLength(1);
      expect(script.child.exitCode).toBe(0);
    });
  }

  it('run-workflow.ts follows a whole workflow, and export-picks.ts writes its picks', async () => {
    const workflow = start(KEY, [...TYPESCRIPT, join(EXAMPLES, 'run-workflow.ts'), 'INITIAL_SETUP']);
    const lines = await linesOf(workflow);
    expect(lines.at(-1)).toBe('INITIAL_SETUP: SUCCEEDED');
    expect(lines.filter((line) => line.includes('SUCCEEDED  '))).toHaveLength(6);
    expect(workflow.child.exitCode).toBe(0);

    const picks = await linesOf(start(KEY, [...TYPESCRIPT, join(EXAMPLES, 'export-picks.ts')]));
    const row = z.object({ user: z.string(), rank: z.number(), name: z.string(), score: z.number() });
    const users = new Set(picks.map((line) => row.parse(JSON.parse(line)).user));
    expect([...users].sort()).toEqual(expect.arrayContaining(['ada', 'ben']));
  });

  it.skipIf(isMissing('curl'))('curl-sse.sh shows a run that is over, from a cursor on', async () => {
    const [told = ''] = await linesOf(
      start(KEY, [...TYPESCRIPT, join(EXAMPLES, 'watch-run.ts'), 'SYNC_USERS']),
    );
    const id = /^Run (\S+)$/.exec(told)?.[1] ?? '';
    const events = await linesOf(start(KEY, [join(EXAMPLES, 'curl-sse.sh'), id, '1']));
    const states = events.join('\n').match(/"state":"[A-Z]+"/g);
    expect(states).toEqual(['"state":"RUNNING"', '"state":"SUCCEEDED"']);
    expect(events.join('\n')).toContain('event: complete');
  });

  it('tells a refused key in one line', async () => {
    const script = start('wrong-key', [...TYPESCRIPT, join(EXAMPLES, 'watch-run.ts'), 'SYNC_USERS']);
    await script.exited;
    expect(script.complaints.join('')).toMatch(/^A valid API key is needed.*\n$/);
    expect(script.child.exitCode).toBe(1);
  });
});

function isMissing(program: string): boolean {
  return spawnSync(program, ['--version']).error !== undefined;
}
