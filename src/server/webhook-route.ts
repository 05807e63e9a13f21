import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../platform/log.ts';
import { parseWebhook, type WebhookEvent } from '../watch/webhook-event.ts';
import { readBody } from './json-body.ts';
import { methodNotAllowed, NOT_FOUND, refuse } from './refusal.ts';
import { jsonInWebhook } from './webhook-body.ts';

/** What webhooks are answered with. */
export interface WebhookOptions {
  /** Whether this is the secret that webhooks come with. */
  readonly isSecret: (given: string) => Promise<boolean>;
  readonly accept: (event: WebhookEvent) => void;
  readonly log: Logger;
}

const PREFIX = '/webhooks/';
/** Emby sends an item with all that is known of it. */
const MOST_BYTES = 1024 * 1024;
const LONGEST_SECRET = 200;

/** Whether a path is one of webhooks; it holds a secret then, and is not to be logged. */
export function isWebhookPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/**
 * Answers `POST /webhooks/<secret>`: 204 whatever was sent, as the media server can do nothing about it. The body only
 * says whom and what to ask the media server for. A wrong secret is a path where nothing is.
 */
export function webhookRoute({ isSecret, accept, log }: WebhookOptions) {
  return async (request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> => {
    const secret = request.url?.split('?', 1)[0]?.slice(PREFIX.length) ?? '';
    if (secret === '' || secret.length > LONGEST_SECRET || !(await isSecret(secret)))
      return refuse(response, NOT_FOUND);
    if (request.method !== 'POST') return refuse(response, methodNotAllowed('POST'));
    const body = await readBody(request, MOST_BYTES);
    if (body === undefined)
      return refuse(response, {
        status: 413,
        code: 'LIMIT_EXCEEDED',
        message: `A webhook has at most ${MOST_BYTES} bytes.`,
        headers: { connection: 'close' },
      });
    const event = parseWebhook(jsonInWebhook(body, request.headers['content-type'] ?? ''));
    if (event) accept(event);
    else log.debug({ requestId }, 'a webhook that changes no play state');
    response.writeHead(204).end();
  };
}
