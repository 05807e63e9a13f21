import { afterEach, describe, expect, it } from 'vitest';
import type { PickFacts } from '../../src/recommendations/explanation-facts.ts';
import { createOpenAiExplainer } from '../../src/recommendations/openai-explainer.ts';
import {
  type ChatAnswer,
  type ChatProvider,
  type ChatRequest,
  chatRefusal,
  completion,
  startChatProvider,
  wording,
} from '../support/chat-provider.ts';

/**
 * Shapes: OpenAI API reference, "Create chat completion" and "Structured model outputs" (`response_format` of type
 * `json_schema`, `strict`; `message.refusal`; `finish_reason` `length`), and its guide "Error codes".
 */
const FACTS: PickFacts = {
  title: 'The Long Night',
  similarTo: [{ title: 'Dark', shared: ['mystery'] }],
  oftenWatched: [],
  viewersLikeYou: 3,
  viewersHere: null,
  isWidelyKnown: false,
  rating: null,
  newIn: null,
};
const KEY = 'sk-a-secret-key-of-somebody';

let provider: ChatProvider | undefined;
afterEach(() => provider?.close());

async function ask(
  answer: (asked: ChatRequest, request: number) => ChatAnswer | Promise<ChatAnswer>,
  picks: readonly PickFacts[] = [FACTS, { ...FACTS, title: 'Fargo' }],
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
) {
  provider = await startChatProvider(answer);
  const explainer = createOpenAiExplainer({
    apiKey: KEY,
    baseUrl: provider.url,
    model: 'some-chat-model',
    tokensPerRun: 10_000,
    timeoutMs: options.timeoutMs,
  });
  return explainer.explain(picks, options.signal ?? new AbortController().signal);
}

describe('createOpenAiExplainer', () => {
  it('asks once for all picks, by a strict JSON schema, and tells the evidence only', async () => {
    const answer = await ask((asked) => wording(asked, ({ title }) => `About ${title}.`));
    expect(answer).toEqual({ texts: ['About The Long Night.', 'About Fargo.'], tokens: 360 });
    const [asked] = provider?.requests ?? [];
    expect(provider?.requests).toHaveLength(1);
    expect(asked).toMatchObject({
      path: '/v1/chat/completions',
      model: 'some-chat-model',
      headers: { authorization: `Bearer ${KEY}` },
      response_format: {
        type: 'json_schema',
        json_schema: { strict: true, schema: { type: 'object', additionalProperties: false } },
      },
    });
    expect(asked?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(JSON.parse(asked?.messages[1]?.content ?? '')).toEqual([
      { pick: 1, ...FACTS },
      { pick: 2, ...FACTS, title: 'Fargo' },
    ]);
  });

  it.each([400, 422])('asks in JSON mode from then on after a %i for the schema', async (status) => {
    provider = await startChatProvider((asked) =>
      asked.response_format?.type === 'json_schema'
        ? chatRefusal(status, 'This response_format type is unavailable now')
        : wording(asked, () => 'Like Dark.'),
    );
    const explainer = createOpenAiExplainer({
      apiKey: KEY,
      baseUrl: provider.url,
      model: 'm',
      tokensPerRun: 1,
    });
    const { signal } = new AbortController();
    await expect(explainer.explain([FACTS], signal)).resolves.toMatchObject({ texts: ['Like Dark.'] });
    await explainer.explain([FACTS], signal);
    const formats = provider.requests.map((request) => request.response_format?.type);
    expect(formats).toEqual(['json_schema', 'json_object', 'json_object']);
    expect(provider.requests[1]?.max_tokens).toBeGreaterThan(0);
    expect(provider.requests[1]?.max_completion_tokens).toBeUndefined();
  });

  it('takes an answer without usage, and estimates the tokens', async () => {
    const content = '```json\n{"explanations":[{"pick":1,"text":"Like Dark."}]}\n```';
    const answer = await ask(() => ({ body: { choices: [{ message: { content } }] } }), [FACTS]);
    expect(answer.texts).toEqual(['Like Dark.']);
    expect(answer.tokens).toBeGreaterThan(100);
  });

  it.each<[string, ChatAnswer]>([
    ['prose', completion('Here are your explanations!')],
    ['another schema', completion('{"texts":["Like Dark."]}')],
    ['a refusal of the model', completion(null, { refusal: "I'm sorry, I can't help with that." })],
    ['an answer cut off', completion('{"explanations":[]}', {}, 'length')],
    ['no choices', { body: { id: 'x', choices: [] } }],
    ['no JSON at all', { body: '<html>Welcome to nginx</html>' }],
    ['an empty body', { body: '' }],
  ])('finds no use in %s, and does not ask again', async (_, answer) => {
    await expect(ask(() => answer)).rejects.toMatchObject({ code: 'PROVIDER_BAD_ANSWER', retryable: false });
    expect(provider?.requests).toHaveLength(1);
  });

  it('tries again after the time that Retry-After asks for', async () => {
    const answer = ask((asked, request) =>
      request === 1
        ? chatRefusal(429, 'Rate limit reached', 'rate_limit_exceeded', { 'retry-after': '0.05' })
        : wording(asked, () => 'Like Dark.'),
    );
    await expect(answer).resolves.toMatchObject({ texts: ['Like Dark.', 'Like Dark.'] });
    expect(provider?.requests).toHaveLength(2);
  });

  it('does not wait for long: the next run may ask', async () => {
    const busy = ask(() => chatRefusal(429, 'Rate limit reached', null, { 'retry-after': '3600' }));
    await expect(busy).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE', retryAfterMs: 3_600_000 });
    expect(provider?.requests).toHaveLength(1);
  });

  it.each([
    [401, 'invalid_api_key', 'OPENAI_API_KEY'],
    [403, null, 'OPENAI_API_KEY'],
    [404, 'model_not_found', 'EXPLANATION_MODEL'],
    [429, 'insufficient_quota', 'OPENAI_API_KEY'],
  ])('takes %i %s for final, with a remedy and without the key', async (status, code, field) => {
    const refused = ask(() => chatRefusal(status, `Incorrect API key provided: ${KEY}`, code));
    await expect(refused).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
      field,
      retryable: false,
      remedy: expect.any(String),
      message: expect.not.stringContaining(KEY),
    });
    expect(provider?.requests).toHaveLength(1);
  });

  it('takes a second 400, in JSON mode, for final', async () => {
    await expect(ask(() => chatRefusal(400, 'Bad request'))).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
    });
    expect(provider?.requests).toHaveLength(2);
  });

  it('gives up on a model that does not answer in time', async () => {
    await expect(ask(() => 'never', [FACTS], { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
      retryable: true,
    });
    expect(provider?.requests).toHaveLength(3);
  });

  it('gives up on an answer that never ends', async () => {
    await expect(ask(() => 'half', [FACTS], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
      message: expect.stringContaining('within 50 ms'),
    });
  });

  it('stops at once when the run does', async () => {
    const stop = new AbortController();
    const asked = ask(
      () => {
        stop.abort();
        return 'never';
      },
      [FACTS],
      { signal: stop.signal },
    );
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});
