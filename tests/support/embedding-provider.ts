import { createServer, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const Body = z.object({
  model: z.string(),
  input: z.array(z.string()),
  encoding_format: z.string().optional(),
});

/** A request as the provider received it. */
export interface ProviderRequest {
  readonly model: string;
  readonly input: readonly string[];
  /** `base64` or `float`. */
  readonly format: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** What the provider answers. */
export interface ProviderAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

/** A running embedding provider of OpenAI's shape. */
export interface EmbeddingProvider {
  /** Address up to and with `/v1`. */
  readonly url: string;
  readonly requests: readonly ProviderRequest[];
  close(): Promise<void>;
}

/** Starts a provider on a free port that answers as told; `request` counts from 1. */
export async function startEmbeddingProvider(
  answer: (asked: ProviderRequest, request: number) => ProviderAnswer | Promise<ProviderAnswer>,
): Promise<EmbeddingProvider> {
  const requests: ProviderRequest[] = [];
  const server = createServer(async (request, response) => {
    const { encoding_format: format, ...body } = Body.parse(await json(request));
    const asked = { ...body, format, headers: request.headers };
    requests.push(asked);
    const { status = 200, headers = {}, body: content } = await answer(asked, requests.length);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof content === 'string' ? content : JSON.stringify(content));
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

/** The regular answer: for each text a vector of its length and the codes of its first letters. */
export function vectorsFor(input: readonly string[], dimensions = 4): ProviderAnswer {
  const data = input.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: Array.from({ length: dimensions }, (_, d) =>
      d === 0 ? text.length : text.charCodeAt(d + 6) / 100,
    ),
  }));
  return { body: { object: 'list', data, usage: { prompt_tokens: 7, total_tokens: 7 } } };
}

/** An error answer of OpenAI's shape. */
export function refusal(
  status: number,
  message: string,
  headers: Record<string, string> = {},
): ProviderAnswer {
  return { status, headers, body: { error: { message, type: 'error', param: null, code: null } } };
}
