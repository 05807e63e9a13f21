import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnvironment } from '../support/showrunner-process.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[], settings: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), MAIN, ...args], {
    env: { ...cleanEnvironment(), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    text.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.err += chunk.toString();
  });
  await once(child, 'close');
  return { code: child.exitCode, ...text };
}

describe('npm run demo -- --once', () => {
  let folder: string;
  let first: Ended;
  let second: Ended;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-demo-'));
    first = await run(['demo', '--once'], { SHOWRUNNER_DATA: folder });
    second = await run(['demo', '--once'], { SHOWRUNNER_DATA: folder });
  }, 240_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('runs the whole first set-up and shows picks, a library and where to look', () => {
    expect(first.err).toBe('');
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/Admin key, shown this once: sr_\S{40,}/);
    for (const job of [
      'sync-series',
      'enrich-metadata',
      'generate-series-embeddings',
      'sync-series-watch-history',
      'generate-series-recommendations',
      'sync-series-libraries',
    ])
      expect(first.out).toMatch(new RegExp(`✓ ${job} +\\d+\\.\\d s`));
    expect(first.out).toMatch(/series added 150, /);
    expect(first.out.match(/^ +1 +-?\d+\.\d{3} {2}\S/gm)).toHaveLength(3);
    expect(first.out).toMatch(/Because you watched/);
    expect(first.out).toMatch(/Season 00\/\n +\S+-placeholder\.nfo/);
    expect(first.out).toMatch(/Live page {2}http:\S+\n {2}GraphiQL {3}http:\S+\/graphql/);
  });

  it('does no work twice at a second start, and shows no key again', () => {
    expect(second.code).toBe(0);
    expect(second.out).not.toContain('Admin key');
    expect(second.out).not.toMatch(/\b(added|updated|embedded|changed|sets|files written|scans)\b/);
    expect(picksOf(second.out)).toEqual(picksOf(first.out));
  });
});

function picksOf(out: string): string[] {
  return out.split('\n').filter((line) => /^ +\d+ +-?\d+\.\d{3} {2}/.test(line));
}

describe('a start with a wrong environment', () => {
  it('says everything that is wrong at once, hides secrets, and ends', async () => {
    const { code, err, out } = await run(['serve'], {
      SHOWRUNNER_PORT: 'http',
      SHOWRUNNER_DTAA: './data',
      DATABASE_URL: 'mysql://root:hunter2@db/showrunner',
      MEDIA_SERVER_URL: 'jellyfin.local',
      MEDIA_SERVER_API_KEY: 'very-secret-key',
    });
    expect(code).toBe(1);
    expect(out).toBe('');
    for (const variable of [
      'SHOWRUNNER_PORT=http',
      'SHOWRUNNER_DTAA',
      'DATABASE_URL',
      'MEDIA_SERVER_URL=jellyfin.local',
    ])
      expect(err).toContain(variable);
    expect(err).toContain('SHOWRUNNER_DATA?');
    expect(err).not.toContain('hunter2');
    expect(err).not.toContain('very-secret-key');
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('knows its commands', async () => {
    const { code, err } = await run(['srve'], {});
    expect([code, err]).toEqual([1, 'There is no command "srve".\nSee showrunner --help.\n']);
  });
});
