import { describe, expect, it } from 'vitest';
import { RunChannel } from '../../../src/jobs/run-channel.ts';
import type { RunEvent } from '../../../src/jobs/run-event.ts';

const step = {
  name: 'Titles',
  unit: null,
  total: 9,
  done: 3,
  message: null,
  startedAt: '2026-11-21T12:00:00.000Z',
  finishedAt: null,
};

function line(seq: number): RunEvent {
  const body = { type: 'LOG', level: 'info', message: `line ${seq}`, fields: null } as const;
  return { runId: 'a run', seq, at: new Date(0), body };
}

function channelUpTo(seq: number): RunChannel {
  const channel = new RunChannel();
  channel.base = 0;
  channel.add(Array.from({ length: seq }, (_event, index) => line(index + 1)));
  return channel;
}

describe('the events of a watched run in memory', () => {
  it('are the newest ones, and tell where they begin', () => {
    const channel = channelUpTo(600);
    expect(channel.last).toBe(600);
    expect(channel.base).toBe(600 - channel.events.length);
    expect(channel.events.length).toBeLessThan(600);
  });

  it('take live progress in until a newer event is stored', () => {
    const channel = channelUpTo(3);
    channel.show(step, 3);
    expect(channel.live).toMatchObject({ step, seq: 3 });
    channel.add([line(4)]);
    expect(channel.live).toBeUndefined();
  });

  it('refuse live progress that was overtaken by a stored event', () => {
    const channel = channelUpTo(3);
    channel.announce(4);
    channel.show(step, 3);
    expect(channel.live).toBeUndefined();
  });

  it('wait for stored events that live progress is ahead of', () => {
    const channel = channelUpTo(3);
    channel.show(step, 5);
    expect(channel.newest).toBe(5);
    channel.add([line(4), line(5)]);
    expect(channel.live).toMatchObject({ seq: 5 });
  });

  it('pass over what is no number of an event', () => {
    const channel = channelUpTo(3);
    channel.announce(Number('nonsense'));
    channel.announce(2);
    expect(channel.newest).toBe(3);
  });

  it('wake those who watch, once they wait and also when it happened just before', async () => {
    const channel = channelUpTo(1);
    const { signal } = new AbortController();
    const before = channel.news.watch();
    channel.announce(2);
    await before(signal);
    const waiting = channel.news.watch()(signal);
    channel.announce(3);
    await waiting;
  });
});
