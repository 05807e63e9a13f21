import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/platform/database.ts';
import { generateSeriesRecommendations } from '../../../src/recommendations/generate-series-recommendations.ts';
import { createOpenAiExplainer } from '../../../src/recommendations/openai-explainer.ts';
import {
  type ChatAnswer,
  type ChatProvider,
  type ChatRequest,
  chatRefusal,
  completion,
  startChatProvider,
  wording,
} from '../../support/chat-provider.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase } from '../../support/database.ts';
import { addHousehold, addState } from '../../support/recommended-household.ts';

const MODEL = 'some-chat-model';

let db: Database;
let provider: ChatProvider | undefined;

beforeEach(async () => {
  db = await createTestDatabase();
  await addHousehold(db, 'anna', 'ben');
  for (const id of [1, 3, 5]) await addState(db, 1, id);
  for (const id of [2, 4, 6]) await addState(db, 2, id);
});
afterEach(async () => {
  await provider?.close();
  provider = undefined;
  await db.close();
});

/** One run with a model that answers as told; the second and later runs of a test go on with the same provider. */
async function run(
  answer: (asked: ChatRequest, request: number) => ChatAnswer,
  input: Parameters<typeof generateSeriesRecommendations>[1] = {},
  tokensPerRun = 100_000,
) {
  provider ??= await startChatProvider((asked, request) => answer(asked, request));
  const { url } = provider;
  const explainer = createOpenAiExplainer({ apiKey: 'none', baseUrl: url, model: MODEL, tokensPerRun });
  const context = testContext(db, { explainer });
  const counts = await generateSeriesRecommendations(context, { count: 5, ...input });
  return { counts, lines: context.record.lines.filter(({ level }) => level === 'warn') };
}

const honest = (asked: ChatRequest) => wording(asked, ({ title }) => `You may like ${title}.`);

async function explanations(userId?: number) {
  const owner = userId === undefined ? sql`true` : sql`s.user_id = ${userId}`;
  return db.rows<{ explanation: string | null; source: string | null }>(sql`
    select p.explanation, p.explanation_source as source from picks p join recommendation_sets s on s.id = p.set_id
    where s.is_current and ${owner} order by s.user_id, p.rank`);
}

describe('generateSeriesRecommendations with a language model', () => {
  it('has each viewer’s picks worded in one call that holds no name of a viewer', async () => {
    const { counts, lines } = await run(honest);
    expect(counts).toMatchObject({
      sets: 2,
      explanationsRefused: 0,
      explanationsLeft: 0,
      explanationTokens: 720,
    });
    expect(provider?.requests).toHaveLength(2);
    expect(JSON.stringify(provider?.requests.map(({ messages }) => messages))).not.toMatch(/anna|ben\b/);
    const stored = await explanations();
    expect(counts.explanationsWorded).toBe(stored.length);
    expect(stored.every(({ explanation }) => /^You may like Series \d+\.$/.test(explanation ?? ''))).toBe(
      true,
    );
    expect(stored.every(({ source }) => source === 'LANGUAGE_MODEL')).toBe(true);
    expect(lines).toEqual([]);
  });

  it('takes equal evidence from what it kept, and asks for nothing twice', async () => {
    await run(honest);
    const before = await explanations();
    const { counts } = await run(honest, { force: true });
    expect(counts).toMatchObject({ sets: 2, explanationTokens: 0, explanationsWorded: before.length });
    expect(provider?.requests).toHaveLength(2);
    expect(await explanations()).toEqual(before);
    expect((await run(honest)).counts).toMatchObject({ unchanged: 2, explanationsWorded: 0 });
  });

  it('shows nothing that names what is not in the evidence, and does not ask for it again', async () => {
    const liar = (asked: ChatRequest) =>
      wording(asked, ({ pick, title }) =>
        pick === 1 ? 'If you like Breaking Bad.' : `You may like ${title}.`,
      );
    const { counts } = await run(liar);
    expect(counts).toMatchObject({ explanationsRefused: 2, explanationsLeft: 0 });
    const stored = await explanations();
    expect(stored.filter(({ source }) => source === null)).toHaveLength(2);
    expect(stored.every(({ explanation }) => explanation && !explanation.includes('Breaking'))).toBe(true);
    expect((await run(liar)).counts).toMatchObject({ explanationsRefused: 2, explanationTokens: 0 });
    expect(provider?.requests).toHaveLength(2);
  });

  it('stays with the template for a text that the model left out, and asks again the next time', async () => {
    const lazy = () => completion('{"explanations":[]}');
    const { counts } = await run(lazy);
    expect(counts).toMatchObject({ explanationsWorded: 0, explanationsRefused: 0, failed: 0, sets: 2 });
    expect(counts.explanationsLeft).toBe((await explanations()).length);
    await run(lazy);
    expect(provider?.requests).toHaveLength(4);
  });

  it.each<[string, ChatAnswer, number]>([
    ['a wrong key', chatRefusal(401, 'Incorrect API key provided'), 1],
    ['an unknown model', chatRefusal(404, 'The model does not exist', 'model_not_found'), 1],
    ['prose', completion('Sure!'), 2],
    ['no JSON', { body: '<html>' }, 2],
  ])('keeps the sets and their templates, and warns, on %s', async (_, answer, requests) => {
    await db.rows(sql`delete from series_states where user_id = 2`);
    for (const id of [2, 4]) await addState(db, 2, id);
    const { counts, lines } = await run(() => answer);
    expect(counts).toMatchObject({ sets: 2, failed: 0, explanationsWorded: 0 });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.at(-1)?.message).toContain('The template explains the rest.');
    const stored = await explanations();
    expect(stored.length).toBeGreaterThan(5);
    expect(stored.every(({ explanation, source }) => explanation !== null && source === null)).toBe(true);

    expect(provider?.requests.length).toBeGreaterThanOrEqual(requests);
    expect(provider?.requests.length).toBeLessThanOrEqual(2);
  });

  it('words what it can within the budget, and says that the rest is left', async () => {
    const each = [];
    for (const id of [1, 2]) each.push((await run(honest, { userIds: [id], dryRun: true })).counts);
    const enoughForOne = Math.max(...each.map(({ explanationTokens = 0 }) => explanationTokens));
    const { counts, lines } = await run(honest, {}, enoughForOne);
    expect(provider?.requests).toHaveLength(1);
    expect(counts.explanationsWorded).toBeGreaterThan(0);
    expect(counts.explanationsLeft).toBeGreaterThan(0);
    expect(lines[0]?.message).toContain(`budget of ${enoughForOne} tokens`);
  });

  it('asks nothing for a user who wants no explanations', async () => {
    await db.rows(sql`update media_users set explanations_enabled = false where id = 1`);
    await run(honest);
    expect(provider?.requests).toHaveLength(1);
    expect((await explanations(1)).every(({ explanation }) => explanation === null)).toBe(true);
  });

  it('asks nobody and stores nothing in a dry run, and tells the same numbers', async () => {
    const dry = await run(honest, { dryRun: true });
    expect(provider?.requests).toHaveLength(0);
    expect(await db.rows(sql`select 1 from explanations union all select 1 from picks`)).toEqual([]);
    const { counts } = await run(honest);
    const { explanationTokens, ...planned } = dry.counts;
    expect(counts).toMatchObject(planned);
    expect(explanationTokens).toBeGreaterThan(0);
  });

  it('deletes words that nobody has used for half a year', async () => {
    await db.rows(sql`
      insert into explanations (evidence_hash, model, prompt_version, explanation, used_at)
      values ('old', ${MODEL}, 1, 'Old.', '2026-01-01'), ('new', ${MODEL}, 1, 'New.', '2026-11-01')`);
    await run(honest);
    const kept = await db.rows(
      sql`select evidence_hash from explanations where evidence_hash in ('old', 'new')`,
    );
    expect(kept).toEqual([{ evidence_hash: 'new' }]);
  });
});
