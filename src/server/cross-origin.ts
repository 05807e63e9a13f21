import type { IncomingMessage, ServerResponse } from 'node:http';

/** Lets pages of the listed origins read the answer; others get no such permission. */
export function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): void {
  if (origins.length === 0) return;
  response.setHeader('vary', 'origin');
  const { origin } = request.headers;
  if (!origin || !origins.includes(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
}

/** Answers the question a browser asks before it sends a request of another origin's page. */
export function answerPreflight(response: ServerResponse): void {
  const isAllowed = response.hasHeader('access-control-allow-origin');
  response.writeHead(
    204,
    isAllowed
      ? {
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'authorization, content-type, x-request-id',
          'access-control-max-age': '7200',
        }
      : {},
  );
  response.end();
}
