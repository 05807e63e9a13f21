import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockDataFolder } from '../../../src/platform/data-lock.ts';
import { processStartTime } from '../../../src/platform/process-identity.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'showrunner-lock-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** A process that tries to lock every folder it is told, says `held` or the error's code, and stays. */
async function locker() {
  const script = `
    import { createInterface } from 'node:readline';
    import { lockDataFolder } from ${JSON.stringify(join(process.cwd(), 'src/platform/data-lock.ts'))};
    console.log('ready');
    for await (const folder of createInterface({ input: process.stdin })) {
      try { await lockDataFolder(folder); console.log('held'); }
      catch (error) { console.log(error.code ?? error.message); }
    }`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  expect(await nextLine()).toBe('ready');
  return {
    child,
    tryLock: (path = folder) => {
      child.stdin.write(`${path}\n`);
      return nextLine();
    },
  };
}

async function kill(child: ChildProcess) {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function writeLock(content: string, path = folder) {
  await mkdir(join(path, 'lock'), { recursive: true });
  await writeFile(join(path, 'lock', '1'), content);
}

it('creates the folder and leaves it free again after a release', async () => {
  const nested = join(folder, 'not', 'there');
  for (let round = 0; round < 3; round++) await (await lockDataFolder(nested)).release();
  expect(await readdir(join(nested, 'lock'))).toHaveLength(1);
});

it('refuses the folder to a second opener in the same process', async () => {
  const lock = await lockDataFolder(folder);
  await expect(lockDataFolder(folder)).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
  await lock.release();
});

it('names process, folder and remedy when another process holds it', async () => {
  const other = await locker();
  expect(await other.tryLock()).toBe('held');
  await expect(lockDataFolder(folder)).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
    message: expect.stringContaining(`Process ${other.child.pid} is using the data folder ${folder}`),
    remedy: expect.stringContaining('SHOWRUNNER_DATA'),
    value: folder,
  });
});

it('takes over from an owner that was killed', async () => {
  const other = await locker();
  expect(await other.tryLock()).toBe('held');
  await kill(other.child);
  const lock = await lockDataFolder(folder);
  await expect(lockDataFolder(folder)).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
  await lock.release();
});

it('takes over when another process has got the id of the dead owner', async () => {
  await writeLock(`${JSON.stringify({ pid: process.pid, startTime: 'before' })}\n`);
  await (await lockDataFolder(folder)).release();
});

it('gives way to a living owner with the same start time', async () => {
  await writeLock(
    `${JSON.stringify({ pid: process.ppid, startTime: await processStartTime(process.ppid) })}\n`,
  );
  await expect(lockDataFolder(folder)).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
});

it.each([
  ['empty', ''],
  ['cut off', '{"pid": 1'],
  ['not JSON', 'hello\n'],
  ['of another shape', '{"pid":"x"}\n'],
])('takes over a lock file that is %s', async (_, content) => {
  await writeLock(content);
  await (await lockDataFolder(folder)).release();
});

it('lets exactly one of several processes take over from a dead owner', async () => {
  const contenders = await Promise.all([locker(), locker(), locker(), locker()]);
  for (let round = 0; round < 20; round++) {
    const contested = join(folder, String(round));
    await writeLock(`${JSON.stringify({ pid: process.pid, startTime: 'before' })}\n`, contested);
    const answers = await Promise.all(contenders.map(({ tryLock }) => tryLock(contested)));
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'DATA_FOLDER_IN_USE')).toHaveLength(3);
    const [file = '', ...more] = await readdir(join(contested, 'lock'));
    expect(more).toEqual([]);
    const { pid } = JSON.parse(await readFile(join(contested, 'lock', file), 'utf8'));
    expect(pid).toBe(contenders[answers.indexOf('held')]?.child.pid);
  }
});
