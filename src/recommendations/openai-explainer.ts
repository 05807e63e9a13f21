import { setTimeout as wait } from 'node:timers/promises';
import OpenAI, { APIConnectionError, APIError } from 'openai';
import { z } from 'zod';
import { estimateTokens } from '../embeddings/estimate-tokens.ts';
import { retryAfterMs } from '../embeddings/provider-error.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { Explainer, ExplainerAnswer } from './explainer.ts';
import { type ExplainerFailure, explainerError, isUnknownFormat } from './explainer-error.ts';
import type { PickFacts } from './explanation-facts.ts';
import { ANSWER_SCHEMA, explanationPrompt, readExplanations } from './explanation-prompt.ts';

/** Settings of a language model behind OpenAI's chat completions API. */
export interface OpenAiExplainerOptions {
  readonly apiKey: string;
  /** Endpoint up to and with `/v1`; OpenAI's own when left out. */
  readonly baseUrl?: string | undefined;
  readonly model: string;
  readonly tokensPerRun: number;
  /** Longest wait for one answer in ms, default 60,000. */
  readonly timeoutMs?: number | undefined;
}

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 500;
/** A provider that asks for a longer pause is left alone until the next run. */
const LONGEST_PAUSE_MS = 20_000;
/** Tokens of an answer: what a text takes, and room for a model that thinks first. */
const TOKENS_PER_TEXT = 100;
const TOKENS_TO_THINK = 2_000;

const Answer = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.object({ total_tokens: z.number().int().nonnegative() }).nullish(),
});

/**
 * Words explanations with OpenAI or any endpoint that answers the same way. The answer's form is asked for by structured
 * outputs (`response_format` of type `json_schema`); an endpoint that does not know these is asked in JSON mode from then on.
 */
export function createOpenAiExplainer(options: OpenAiExplainerOptions): Explainer {
  const { model, apiKey } = options;
  const timeoutMs = options.timeoutMs ?? 60_000;
  const client = new OpenAI({
    apiKey,
    baseURL: options.baseUrl ?? 'https://api.openai.com/v1',
    timeout: timeoutMs,
    // Its own retries neither stop on abort nor bound the pause the provider asks for.
    maxRetries: 0,
  });
  let knowsSchemas = true;

  async function call(picks: readonly PickFacts[], runSignal: AbortSignal): Promise<ExplainerAnswer> {
    const { instructions, facts } = explanationPrompt(picks);
    const limit = picks.length * TOKENS_PER_TEXT + TOKENS_TO_THINK;
    const messages = [
      { role: 'system' as const, content: instructions },
      { role: 'user' as const, content: facts },
    ];
    // The client's own timeout ends with the headers of the answer.
    const signal = AbortSignal.any([runSignal, AbortSignal.timeout(timeoutMs)]);
    const response = await client.chat.completions
      .create(
        knowsSchemas
          ? { model, messages, max_completion_tokens: limit, response_format: SCHEMA_FORMAT }
          : { model, messages, max_tokens: limit, response_format: { type: 'json_object' } },
        { signal },
      )
      .asResponse();
    const body = await response.text().catch((cause: unknown) => {
      throw new APIConnectionError({
        message: `no whole answer within ${timeoutMs} ms`,
        cause: errorOf(cause),
      });
    });
    return readAnswer(body, picks.length, estimateCall(picks));
  }

  async function attempt(picks: readonly PickFacts[], signal: AbortSignal): Promise<ExplainerAnswer> {
    try {
      return await call(picks, signal);
    } catch (cause) {
      const failure = cause instanceof APIError ? failureOf(cause, apiKey) : null;
      if (!knowsSchemas || !failure || !isUnknownFormat(failure)) throw cause;
      knowsSchemas = false;
      return call(picks, signal);
    }
  }

  return {
    model,
    tokensPerRun: options.tokensPerRun,
    estimate: estimateCall,
    explain: async (picks, signal) => {
      for (let tried = 1; ; tried += 1) {
        try {
          return await attempt(picks, signal);
        } catch (cause) {
          signal.throwIfAborted();
          const error = cause instanceof APIError ? explainerError(failureOf(cause, apiKey), model) : cause;
          if (!(error instanceof ShowrunnerError)) throw cause;
          const pause = error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (tried - 1);
          if (!error.retryable || tried === ATTEMPTS || pause > LONGEST_PAUSE_MS) throw error;
          await wait(pause, undefined, { signal });
        }
      }
    },
  };
}

const SCHEMA_FORMAT = {
  type: 'json_schema' as const,
  json_schema: { name: 'explanations', strict: true, schema: { ...ANSWER_SCHEMA } },
};

function estimateCall(picks: readonly PickFacts[]): number {
  const { instructions, facts } = explanationPrompt(picks);
  return estimateTokens(instructions) + estimateTokens(facts) + picks.length * TOKENS_PER_TEXT;
}

function readAnswer(body: string, count: number, estimate: number): ExplainerAnswer {
  const answer = Answer.safeParse(parseJson(body));
  const [choice] = answer.data?.choices ?? [];
  const content = choice?.message.content ?? '';
  const texts = choice?.finish_reason === 'length' ? null : readExplanations(content, count);
  if (texts) return { texts, tokens: answer.data?.usage?.total_tokens ?? estimate };
  const why = choice?.message.refusal
    ? 'refused to word explanations'
    : 'answered something else than explanations';
  throw new ShowrunnerError('PROVIDER_BAD_ANSWER', `The language model ${why}.`, {
    field: 'EXPLANATION_MODEL',
    remedy: 'Choose a model that follows a JSON schema, and check that OPENAI_BASE_URL ends with /v1.',
  });
}

function failureOf(cause: APIError, apiKey: string): ExplainerFailure {
  // Providers like to repeat the key in their refusal; a short one is a placeholder and may be a word of the message.
  const hidden = apiKey.length < 8 ? cause.message : cause.message.replaceAll(apiKey, '***');
  return {
    message: hidden.replace(/\bsk-[\w*-]+/g, '***').slice(0, 300),
    status: cause.status,
    code: cause.code ?? undefined,
    retryAfterMs: retryAfterMs(cause.headers?.get('retry-after') ?? null, Date.now()),
    cause,
  };
}

function errorOf(cause: unknown): Error | undefined {
  return cause instanceof Error ? cause : undefined;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
