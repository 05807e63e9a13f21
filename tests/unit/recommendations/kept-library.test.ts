import { expect, it, vi } from 'vitest';
import { keptLibrary } from '../../../src/recommendations/kept-library.ts';
import { libraryOf, mixedTitles } from '../../support/scorable-titles.ts';

const make = () => vi.fn(() => libraryOf(mixedTitles()));

it('keeps the library of the last catalog, and no other', async () => {
  const [first, again, other, anew] = [make(), make(), make(), make()];
  const library = await keptLibrary('one', first);
  expect(await keptLibrary('one', again)).toBe(library);
  expect(again).not.toHaveBeenCalled();
  expect(await keptLibrary('two', other)).not.toBe(library);
  expect(await keptLibrary('one', anew)).not.toBe(library);
});

it('keeps nothing when the library cannot be made', async () => {
  await expect(keptLibrary('broken', () => Promise.reject(new Error('stopped')))).rejects.toThrow('stopped');
  const library = make();
  await keptLibrary('broken', library);
  expect(library).toHaveBeenCalledOnce();
});

it('lets a library go that nobody has asked for in ten minutes', async () => {
  vi.useFakeTimers();
  try {
    await keptLibrary('idle', make());
    await vi.advanceTimersByTimeAsync(9 * 60_000);
    const soon = make();
    await keptLibrary('idle', soon);
    expect(soon).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    const late = make();
    await keptLibrary('idle', late);
    expect(late).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
  }
});
