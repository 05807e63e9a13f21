import { expect, test } from 'vitest';
import { savingBehind } from '../../../src/catalog/saving-behind.ts';

test('the next page is read while the last one is saved, and no two saves run at once', async () => {
  const events: string[] = [];
  await savingBehind(async (saveBehind) => {
    for (const page of [1, 2, 3]) {
      events.push(`read ${page}`);
      await saveBehind(async () => {
        events.push(`save ${page}`);
        await Promise.resolve().then(() => Promise.resolve());
        events.push(`saved ${page}`);
      });
    }
  });
  expect(events).toEqual([
    'read 1',
    'save 1',
    'read 2',
    'saved 1',
    'save 2',
    'read 3',
    'saved 2',
    'save 3',
    'saved 3',
  ]);
});

test('a reader that fails is waited for until its save is over', async () => {
  let isSaved = false;
  const run = savingBehind(async (saveBehind) => {
    await saveBehind(async () => {
      await new Promise(setImmediate);
      isSaved = true;
    });
    throw new Error('The list broke off.');
  });
  await expect(run).rejects.toThrow('The list broke off.');
  expect(isSaved).toBe(true);
});

test('a save that fails ends the reading at the next page', async () => {
  const read: number[] = [];
  const run = savingBehind(async (saveBehind) => {
    for (const page of [1, 2, 3]) {
      read.push(page);
      await new Promise(setImmediate);
      await saveBehind(() => Promise.reject(new Error('The database is full.')));
    }
  });
  await expect(run).rejects.toThrow('The database is full.');
  expect(read).toEqual([1, 2]);
});

test('a last save that fails is not lost', async () => {
  const run = savingBehind((saveBehind) =>
    saveBehind(() => Promise.reject(new Error('The database is full.'))),
  );
  await expect(run).rejects.toThrow('The database is full.');
});
