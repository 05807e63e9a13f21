import { expect, it } from 'vitest';
import { stoppableStream } from '../../../src/server/stoppable-stream.ts';

async function* numbers(last: number) {
  for (let number = 1; number <= last; number++) yield number;
}

/** A source that never gives an item, and says when it is told to clean up. */
function silent(onReturn: () => Promise<IteratorResult<number>> | never) {
  return { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}), return: onReturn }) };
}

const gone = async () => ({ done: true as const, value: undefined });

it('gives every item of its source in order', async () => {
  let ends = 0;
  const items: number[] = [];
  for await (const item of stoppableStream(numbers(200), () => ends++)) items.push(item);
  expect(items).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  expect(ends).toBe(1);
});

it('lets the event loop work while source and consumer are fast', async () => {
  let hasTurned = false;
  setImmediate(() => {
    hasTurned = true;
  });
  for await (const _ of stoppableStream(numbers(100), () => {}));
  expect(hasTurned).toBe(true);
});

it('ends a pending item when stopped, though its source is silent', async () => {
  let isCleanedUp = false;
  const stream = stoppableStream(
    silent(() => {
      isCleanedUp = true;
      return gone();
    }),
    () => {},
  );
  const pending = stream.next();
  stream.stop();
  expect(await pending).toEqual({ done: true, value: undefined });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(isCleanedUp).toBe(true);
});

it('ends once, whatever ends it first', async () => {
  let ends = 0;
  let returns = 0;
  const stream = stoppableStream(
    silent(() => {
      returns += 1;
      return gone();
    }),
    () => ends++,
  );
  stream.stop();
  await stream.return?.();
  stream.stop();
  expect([ends, returns]).toEqual([1, 1]);
});

it('hands on the error of its source and is over then', async () => {
  let ends = 0;
  const stream = stoppableStream(
    (async function* () {
      yield 1;
      throw new Error('broken');
    })(),
    () => ends++,
  );
  expect(await stream.next()).toEqual({ done: false, value: 1 });
  await expect(stream.next()).rejects.toThrow('broken');
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(ends).toBe(1);
});

it('tells of a source that does not clean up', async () => {
  let cleanUp: Promise<unknown> | undefined;
  const stream = stoppableStream(
    silent(() => Promise.reject(new Error('stuck'))),
    (result) => {
      cleanUp = result;
    },
  );
  stream.stop();
  await expect(cleanUp).rejects.toThrow('stuck');
});

it('fails a pending item, or else the next one, when stopped with an error, and is done after that', async () => {
  const quiet = stoppableStream(silent(gone), () => {});
  const pending = quiet.next();
  quiet.stop(new Error('cut off'));
  await expect(pending).rejects.toThrow('cut off');
  expect(await quiet.next()).toEqual({ done: true, value: undefined });

  const idle = stoppableStream(numbers(3), () => {});
  expect(await idle.next()).toEqual({ done: false, value: 1 });
  idle.stop(new Error('cut off'));
  await expect(idle.next()).rejects.toThrow('cut off');
  expect(await idle.next()).toEqual({ done: true, value: undefined });
});
