import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inFlight } from '../../../src/recommendations/in-flight.ts';
import { hashOfLists } from '../../../src/recommendations/input-hash.ts';
import { inTurns, takingTurns } from '../../../src/recommendations/steps.ts';

describe('work in flight', () => {
  it('goes on while more is added, up to the limit', async () => {
    const work = inFlight(2);
    const first = deferred();
    const second = deferred();
    await work.add(first.promise);
    let isAdded = false;
    const added = work.add(second.promise).then(() => {
      isAdded = true;
    });
    await nextTurn();
    expect(isAdded).toBe(false);
    first.resolve();
    await added;
    second.resolve();
    await work.settled();
  });

  it('throws what a piece of it failed with, when more is added and at the end', async () => {
    const work = inFlight(2);
    await work.add(Promise.reject(new Error('refused')));
    await nextTurn();
    await expect(work.add(Promise.resolve())).rejects.toThrow('refused');
    await expect(work.settled()).rejects.toThrow('refused');
  });
});

describe('work in turns', () => {
  it('stops with the reason of its signal', async () => {
    const controller = new AbortController();
    const endless = function* (): Generator<undefined, void, undefined> {
      for (;;) yield;
    };
    const done = inTurns(endless(), takingTurns(controller.signal));
    controller.abort(new Error('cancelled'));
    await expect(done).rejects.toThrow('cancelled');
  });
});

describe('the hash of lists', () => {
  const pause = async () => {};

  it('is the same for the same items, and another for other items, orders and lengths', async () => {
    const lists = [
      [[{ a: 1 }, { b: 2 }], []],
      [[{ b: 2 }, { a: 1 }], []],
      [[{ a: 1 }], [{ b: 2 }]],
      [[], []],
    ];
    const hashes = await Promise.all(lists.map((list) => hashOfLists(list, pause)));
    expect(new Set(hashes).size).toBe(lists.length);
    expect(await hashOfLists([[{ a: 1 }, { b: 2 }], []], pause)).toBe(hashes[0]);
  });
});

function deferred(): { readonly promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
