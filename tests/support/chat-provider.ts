import { createServer, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const Body = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  response_format: z
    .object({
      type: z.string(),
      json_schema: z.object({ name: z.string(), strict: z.boolean(), schema: z.unknown() }).optional(),
    })
    .optional(),
  max_tokens: z.number().optional(),
  max_completion_tokens: z.number().optional(),
});

/** A request as the provider received it. */
export interface ChatRequest extends z.infer<typeof Body> {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
}

/** What the provider answers; `never` leaves the caller waiting, `half` in the middle of the answer. */
export type ChatAnswer =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown }
  | 'never'
  | 'half';

/** A running language model behind OpenAI's chat completions API. */
export interface ChatProvider {
  /** Address up to and with `/v1`. */
  readonly url: string;
  readonly requests: readonly ChatRequest[];
  close(): Promise<void>;
}

/** Starts a provider on a free port that answers as told; `request` counts from 1. */
export async function startChatProvider(
  answer: (asked: ChatRequest, request: number) => ChatAnswer | Promise<ChatAnswer>,
): Promise<ChatProvider> {
  const requests: ChatRequest[] = [];
  const server = createServer(async (request, response) => {
    const asked = { ...Body.parse(await json(request)), headers: request.headers, path: request.url ?? '' };
    requests.push(asked);
    const given = await answer(asked, requests.length);
    if (given === 'never') return;
    if (given === 'half') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"id":');
      return;
    }
    const { status = 200, headers = {}, body } = given;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The provider has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * A chat completion as OpenAI documents it (API reference, "The chat completion object").
 *
 * @param message what differs from a plain answer, such as `refusal`
 */
export function completion(
  content: string | null,
  message: Record<string, unknown> = {},
  finishReason = 'stop',
): ChatAnswer {
  return {
    body: {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_760_000_000,
      model: 'some-chat-model-2026',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content, refusal: null, annotations: [], ...message },
          logprobs: null,
          finish_reason: finishReason,
        },
      ],
      usage: { prompt_tokens: 300, completion_tokens: 60, total_tokens: 360 },
      service_tier: 'default',
    },
  };
}

/** A completion that words each pick of the question by its facts. */
export function wording(
  asked: ChatRequest,
  word: (facts: { pick: number; title: string }) => string,
): ChatAnswer {
  const question = asked.messages.find((message) => message.role === 'user')?.content ?? '[]';
  const facts = z.array(z.looseObject({ pick: z.number(), title: z.string() })).parse(JSON.parse(question));
  return completion(
    JSON.stringify({ explanations: facts.map((entry) => ({ pick: entry.pick, text: word(entry) })) }),
  );
}

/** An error answer of OpenAI's shape. */
export function chatRefusal(
  status: number,
  message: string,
  code: string | null = null,
  headers: Record<string, string> = {},
): ChatAnswer {
  return { status, headers, body: { error: { message, type: 'error', param: null, code } } };
}
