import { z } from 'zod';

const WithError = z.looseObject({
  error: z.unknown().refine((error) => error !== undefined && error !== null),
});
const WithMessage = z.looseObject({ message: z.string() });

/**
 * `fetch` that gives every refusal the shape of OpenAI's, `{"error": {"message": ...}}`: the client library drops what
 * vLLM, FastAPI and others say in theirs.
 */
export async function refusalFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.ok) return response;
  const text = await response.text();
  const body = parseJson(text);
  if (body === undefined || WithError.safeParse(body).success) return like(response, text);
  const error = WithMessage.safeParse(body).data ?? { message: text };
  return like(response, JSON.stringify({ error }));
}

/** A body that was decoded and perhaps worded anew has neither the encoding nor the length it came with. */
function like(response: Response, body: string): Response {
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.delete('content-length');
  return new Response(body, { status: response.status, headers });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
