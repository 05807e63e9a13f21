import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createLifecycle, stopOnSignals } from '../../../src/platform/lifecycle.ts';
import { createLogger } from '../../../src/platform/log.ts';

const log = createLogger('silent');

describe('a lifecycle', () => {
  it('takes down in reverse order', async () => {
    const order: string[] = [];
    const lifecycle = createLifecycle(log);
    for (const name of ['database', 'jobs', 'server']) lifecycle.onStop(name, () => void order.push(name));
    expect(await lifecycle.stop()).toEqual([]);
    expect(order).toEqual(['server', 'jobs', 'database']);
  });

  it('takes down once, however often it is asked', async () => {
    let count = 0;
    const lifecycle = createLifecycle(log);
    lifecycle.onStop('step', () => void count++);
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(count).toBe(1);
  });

  it('goes on after a failing step and collects what failed', async () => {
    const order: string[] = [];
    const lifecycle = createLifecycle(log);
    lifecycle.onStop('first', () => void order.push('first'));
    lifecycle.onStop('throwing', () => {
      throw new Error('thrown');
    });
    lifecycle.onStop('rejecting', () => Promise.reject(new Error('rejected')));
    const failures = await lifecycle.stop();
    expect(failures).toMatchObject([
      { step: 'rejecting', error: { message: 'rejected' } },
      { step: 'throwing', error: { message: 'thrown' } },
    ]);
    expect(order).toEqual(['first']);
  });

  it('does not wait for a step beyond its limit', async () => {
    const lifecycle = createLifecycle(log);
    let isLastDone = false;
    lifecycle.onStop('last', () => {
      isLastDone = true;
    });
    lifecycle.onStop('hanging', () => new Promise(() => {}), 5);
    expect(await lifecycle.stop()).toMatchObject([
      { step: 'hanging', error: { message: 'hanging did not stop within 5 ms.' } },
    ]);
    expect(isLastDone).toBe(true);
  });

  it('also takes down what is registered while it stops', async () => {
    const order: string[] = [];
    const lifecycle = createLifecycle(log);
    lifecycle.onStop('outer', () => lifecycle.onStop('inner', () => void order.push('inner')));
    await lifecycle.stop();
    expect(order).toEqual(['inner']);
  });
});

/** A stand-in for `process`, whose exit would end the test. */
class Signals extends EventEmitter {
  exit(code: number) {
    this.emit('exit', code);
  }
}

describe('stopping on signals', () => {
  it.each([
    ['all went well', () => {}, 0],
    ['a step failed', () => Promise.reject(new Error('no')), 1],
  ])('ends the process with the right code when %s', async (_, teardown, code) => {
    const signals = new Signals();
    const lifecycle = createLifecycle(log);
    lifecycle.onStop('step', teardown);
    stopOnSignals(lifecycle, log, signals);
    const exit = once(signals, 'exit');
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await exit).toEqual([code]);
  });

  it('ends at once at a second signal', async () => {
    const signals = new Signals();
    const lifecycle = createLifecycle(log);
    lifecycle.onStop('hanging', () => new Promise(() => {}), 60_000);
    stopOnSignals(lifecycle, log, signals);
    const exit = once(signals, 'exit');
    signals.emit('SIGINT', 'SIGINT');
    signals.emit('SIGINT', 'SIGINT');
    expect(await exit).toEqual([130]);
  });

  it('listens no more once taken off', () => {
    const signals = new Signals();
    stopOnSignals(createLifecycle(log), log, signals)();
    expect(signals.listenerCount('SIGTERM') + signals.listenerCount('SIGINT')).toBe(0);
  });
});
