import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readTree, temporaryFolder } from '../../support/library-folder.ts';
import { manySeries, writeLibrary } from '../../support/library-writing.ts';

const WRITER = fileURLToPath(new URL('../../support/library-writing-process.ts', import.meta.url));

let folders: Awaited<ReturnType<typeof temporaryFolder>>[];

beforeEach(() => {
  folders = [];
});

afterEach(async () => {
  await Promise.all(folders.map((folder) => folder.remove()));
});

async function newFolder(): Promise<string> {
  const folder = await temporaryFolder();
  folders.push(folder);
  return folder.path;
}

/** A signal that aborts when it is looked at for the `count`th time. */
function abortAtLook(count: number): { signal: AbortSignal; looks: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  let looks = 0;
  vi.spyOn(signal, 'throwIfAborted').mockImplementation(() => {
    looks += 1;
    if (looks === count) controller.abort();
    if (signal.aborted) throw signal.reason;
  });
  return { signal, looks: () => looks };
}

/** The shorter plan, then the longer one with other texts, ranks and output mode. */
const editions = [manySeries(3, 3, 'old'), manySeries(2, 4, 'newer!')] as const;

test('a run that was stopped at any point is finished by the next to the same tree', async () => {
  const [old, newer] = editions;
  const undisturbed = await newFolder();
  await writeLibrary(undisturbed, old);
  const whole = abortAtLook(Number.POSITIVE_INFINITY);
  await writeLibrary(undisturbed, newer, whole.signal);
  const expected = await readTree(undisturbed);
  expect(whole.looks()).toBeGreaterThan(50);
  for (let stop = 1; stop <= whole.looks(); stop += 1) {
    const root = await newFolder();
    await writeLibrary(root, old);
    await expect(writeLibrary(root, newer, abortAtLook(stop).signal)).rejects.toThrow('aborted');
    const { conflicts } = await writeLibrary(root, newer);
    expect(conflicts).toEqual([]);
    expect(await readTree(root)).toEqual(expected);
  }
});

test('a stopped run can be followed by one with another plan: nothing is left unowned', async () => {
  const [old, newer] = editions;
  const undisturbed = await newFolder();
  await writeLibrary(undisturbed, old);
  const expected = Object.keys(await readTree(undisturbed));
  const whole = abortAtLook(Number.POSITIVE_INFINITY);
  await writeLibrary(await newFolder(), newer, whole.signal);
  for (let stop = 1; stop <= whole.looks(); stop += 1) {
    const root = await newFolder();
    await expect(writeLibrary(root, newer, abortAtLook(stop).signal)).rejects.toThrow('aborted');
    await writeLibrary(root, old);
    expect(Object.keys(await readTree(root))).toEqual(expected);
  }
});

test('a stopped run writes nothing more once it has ended', async () => {
  const root = await newFolder();
  await expect(writeLibrary(root, manySeries(20, 20, 'old'), abortAtLook(1000).signal)).rejects.toThrow(
    'aborted',
  );
  const before = await readTree(root);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await readTree(root)).toEqual(before);
});

test('a writer killed by the system, again and again, leaves what the next run brings to the same tree', async () => {
  const plan = manySeries(10, 10, 'same');
  const files = plan.files.size;
  const undisturbed = await newFolder();
  await writeLibrary(undisturbed, plan);
  const root = await newFolder();
  // A run looks at each file on disk, sweeps up after a killed one, then writes.
  for (const look of [files + 20, 2 * files + 5, 2 * files + 60]) {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', WRITER, root, '10', '10', 'same', String(look)],
      {
        stdio: 'inherit',
      },
    );
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  }
  const { conflicts, create } = await writeLibrary(root, plan);
  expect(conflicts).toEqual([]);
  expect(create.length).toBeGreaterThan(0);
  expect(await readTree(root)).toEqual(await readTree(undisturbed));
});

test('a file that stands where a folder is needed is a conflict for what lies below it', async () => {
  const root = await newFolder();
  await mkdir(join(root, 'users/a/ai-series'), { recursive: true });
  await writeFile(join(root, 'users/a/ai-series/Series 1 (2008)'), 'mine');
  const { conflicts, create } = await writeLibrary(root, manySeries(2, 1, 'old'));
  expect(new Set(conflicts.map((conflict) => conflict.by))).toEqual(new Set(['Series 1 (2008)']));
  expect([conflicts.length, create.length]).toEqual([5, 5]);
  expect(await readFile(join(root, 'users/a/ai-series/Series 1 (2008)'), 'utf8')).toBe('mine');
});
