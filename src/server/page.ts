import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A file as it is sent to browsers. */
export interface Page {
  readonly body: Buffer;
  readonly contentType: string;
  /** `gzip` when the body is compressed. */
  readonly contentEncoding?: 'gzip';
  /** Content-Security-Policy. */
  readonly policy: string;
  readonly etag: string;
}

/** A page of this content; its ETag is a hash of the body. */
export function createPage(content: Omit<Page, 'etag'>): Page {
  const hash = createHash('sha256').update(content.body).digest('base64url').slice(0, 22);
  return { ...content, etag: `"${hash}"` };
}

/** Sends a page, or only that it has not changed; to HEAD without its body. */
export function sendPage(request: IncomingMessage, response: ServerResponse, page: Page): void {
  const headers = {
    'content-security-policy': page.policy,
    'cache-control': 'no-cache',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    etag: page.etag,
  };
  if (request.headers['if-none-match']?.split(/, */).includes(page.etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    'content-type': page.contentType,
    'content-length': page.body.length,
    ...(page.contentEncoding && { 'content-encoding': page.contentEncoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : page.body);
}
