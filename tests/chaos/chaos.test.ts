import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenRuns } from '../support/run-record.ts';
import { disturb } from './disturb.ts';
import { fullPlan, type Round, randomOf, shortPlan, storeCombinations } from './plan.ts';
import { World } from './world.ts';

const { DATABASE_URL, MONGODB_URI, CHAOS_ROUNDS, CHAOS_ONLY = '' } = process.env;
const seed = process.env.CHAOS_SEED ?? randomBytes(4).toString('hex');
const combinations = storeCombinations({ postgres: Boolean(DATABASE_URL), mongodb: Boolean(MONGODB_URI) });
const plan = CHAOS_ROUNDS
  ? fullPlan(combinations, Number(CHAOS_ROUNDS))
  : shortPlan(combinations, Number.parseInt(seed, 16) || 0);

function nameOf({ stores, fault, job, number }: Round): string {
  return `${fault} during ${job} on ${stores.name} (${number})`;
}

const wanted = CHAOS_ONLY.split(' ').filter(Boolean);
const rounds = plan
  .map((round) => ({ ...round, name: nameOf(round) }))
  .filter(({ name }) => wanted.every((word) => name.includes(word)));

describe(`with seed ${seed}`, () => {
  let world: World;

  beforeAll(async () => {
    world = await World.create();
    for (const { stores, job } of rounds) await world.undisturbed(stores, job);
  });

  afterAll(() => world.remove());

  it.each(rounds.map((round) => [round.name, round] as const))('%s', async (_name, round) => {
    const { after, tookMs } = await world.undisturbed(round.stores, round.job);
    const { stores, settings } = await world.reset(round.stores, round.job);
    try {
      const told = await disturb(round, { settings, tookMs, random: randomOf(seed, round) });
      const content = await world.content(settings, async (db) => {
        expect(await brokenRuns(db)).toEqual([]);
      });
      process.stdout.write(`${round.name}: ${told.what}\n`);
      expect(told.state, told.what).toBe('SUCCEEDED');
      for (const [part, expected] of Object.entries(after))
        expect(content[part], `${part}; ${told.what}`).toEqual(expected);
    } finally {
      await world.close();
      await stores.drop();
    }
  });
});
