import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { ShowrunnerError } from './errors.ts';
import { isSameProcessAlive, processStartTime } from './process-identity.ts';

/** A data folder held by this process. */
export interface DataLock {
  release(): Promise<void>;
}

const recordSchema = z.object({ pid: z.number().int().positive(), startTime: z.string().optional() });
type LockRecord = z.output<typeof recordSchema>;

/**
 * Takes a data folder for this process alone; the owner of a lock who is dead (killed, or its id reused) is succeeded.
 *
 * Below `<folder>/lock` lie numbered files, and the highest number holds the lock. A successor creates the next number,
 * which the file system grants to one process only, and whoever held the lock leaves its file there until succeeded.
 * So a process that acts on an old view either fails to create its file or sees a higher one, and gives way.
 * Process ids are those of one machine: the folder must not be shared between containers or over a network.
 *
 * @throws ShowrunnerError `DATA_FOLDER_IN_USE` when a living process holds it
 */
export async function lockDataFolder(folder: string): Promise<DataLock> {
  const path = resolve(folder);
  const locks = join(path, 'lock');
  await mkdir(locks, { recursive: true });
  const record: LockRecord = { pid: process.pid, startTime: await processStartTime(process.pid) };
  while (true) {
    const before = await numbers(locks);
    const owner = await livingOwner(locks, before);
    if (owner) throw inUse(path, owner.pid);
    const mine = Math.max(0, ...before) + 1;
    const file = join(locks, String(mine));
    if (!(await create(file, record))) continue;
    const others = (await numbers(locks)).filter((number) => number !== mine);
    const isHighest = others.every((number) => number < mine);
    // Looked at once more: an owner who seemed dead may only have been slow to write down who it is.
    if (!isHighest || (await livingOwner(locks, others))) {
      await rm(file, { force: true });
      continue;
    }
    for (const old of others) await rm(join(locks, String(old)), { force: true });
    return { release: () => writeFile(file, RELEASED) };
  }
}

const RELEASED = 'released\n';

async function numbers(locks: string): Promise<number[]> {
  return (await readdir(locks)).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function livingOwner(locks: string, held: readonly number[]): Promise<LockRecord | undefined> {
  for (const number of held) {
    const owner = await readOwner(join(locks, String(number)));
    if (owner && (await isSameProcessAlive(owner.pid, owner.startTime))) return owner;
  }
  return undefined;
}

/** Creates the file (O_EXCL); false when another process was first. */
async function create(file: string, record: LockRecord): Promise<boolean> {
  try {
    await writeFile(file, `${JSON.stringify(record)}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Who wrote a lock file: undefined when it was released, or when its content is still incomplete after half a second,
 * which means that its owner died while writing it.
 */
async function readOwner(file: string): Promise<LockRecord | undefined> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const text = await readFile(file, 'utf8').catch(whenGone);
    if (text === RELEASED) return undefined;
    if (text.endsWith('\n')) return parseRecord(text);
    await wait(50);
  }
  return undefined;
}

/** A file that was removed meanwhile was given up by its owner. */
function whenGone(error: unknown): string {
  if (hasCode(error, 'ENOENT')) return RELEASED;
  throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function parseRecord(text: string): LockRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function inUse(folder: string, pid: number): ShowrunnerError {
  return new ShowrunnerError('DATA_FOLDER_IN_USE', `Process ${pid} is using the data folder ${folder}.`, {
    field: 'SHOWRUNNER_DATA',
    value: folder,
    remedy: `Stop process ${pid}, or set SHOWRUNNER_DATA to another folder.`,
  });
}
