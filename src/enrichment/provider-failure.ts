import { readRecord, readText } from '../media-server/foreign-values.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { HttpError } from '../platform/http-error.ts';

/** A public catalog as failures name it. */
export interface ProviderName {
  readonly label: string;
  /** The setting that holds its key and the key itself; null where none is needed. */
  readonly key: { readonly setting: string; readonly value: string } | null;
}

const LONGEST_MESSAGE = 200;

/** Turns a failed exchange with a public catalog into an error of ours. It never repeats the key. */
export function providerFailure(error: HttpError, { label, key }: ProviderName): ShowrunnerError {
  const { status, cause, failure } = error;
  const message = said(error, key?.value);
  if (key && (status === 401 || status === 403))
    return new ShowrunnerError('PROVIDER_REFUSED', `${label} refused the key (${status})${message}.`, {
      field: key.setting,
      remedy: `Set ${key.setting} to a valid key of ${label}, or unset it to go without.`,
      cause,
    });
  if (failure === 'INVALID_BODY' || failure === 'TOO_LARGE' || failure === 'CUT_BODY')
    return new ShowrunnerError('PROVIDER_BAD_ANSWER', `${label} answered badly: ${error.message}.`, {
      remedy: 'Check that no proxy or sign-in page answers in its place.',
      cause,
    });
  if (failure === 'STATUS' && !isBusy(status))
    return new ShowrunnerError(
      'PROVIDER_BAD_ANSWER',
      `${label} did not take the request (${status})${message}.`,
      { cause },
    );
  const why = failure === 'STATUS' ? `it is busy (${status})${message}` : error.message;
  return new ShowrunnerError('PROVIDER_UNREACHABLE', `${label} did not answer: ${why}.`, {
    remedy: `Check that this machine reaches ${label}; the next run goes on where this one stopped.`,
    retryable: true,
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    cause,
  });
}

/** Whether it may pass: a rate limit, a failure of the server, or an address that is shut out (403 without a key). */
function isBusy(status: number | undefined): boolean {
  return status !== undefined && (status === 403 || status === 408 || status === 429 || status >= 500);
}

/** What the provider said of it: TMDb's `status_message`, TVmaze's `message`. */
function said(error: HttpError, key: string | undefined): string {
  const body = readRecord(parse(error.text));
  const text = readText(body?.status_message) ?? readText(body?.message);
  if (!text) return '';
  const hidden = key ? text.replaceAll(key, '***') : text;
  return `: ${hidden.replace(/\s+/g, ' ').slice(0, LONGEST_MESSAGE).replace(/\.$/, '')}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
