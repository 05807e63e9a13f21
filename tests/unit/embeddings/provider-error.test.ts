import { describe, expect, it } from 'vitest';
import { providerError, retryAfterMs } from '../../../src/embeddings/provider-error.ts';

const of = (status: number | undefined, code?: string) =>
  providerError({ status, code, message: 'no', cause: undefined }, 'some-model');

describe('providerError', () => {
  it.each([
    [401, 'PROVIDER_REFUSED', false],
    [403, 'PROVIDER_REFUSED', false],
    [404, 'PROVIDER_REFUSED', false],
    [400, 'BAD_INPUT', false],
    [402, 'PROVIDER_REFUSED', false],
    [405, 'PROVIDER_REFUSED', false],
    [413, 'LIMIT_EXCEEDED', false],
    [422, 'BAD_INPUT', false],
    [408, 'PROVIDER_UNREACHABLE', true],
    [429, 'PROVIDER_UNREACHABLE', true],
    [500, 'PROVIDER_UNREACHABLE', true],
    [503, 'PROVIDER_UNREACHABLE', true],
    [undefined, 'PROVIDER_UNREACHABLE', true],
  ])('maps status %s to %s', (status, code, retryable) => {
    expect(of(status)).toMatchObject({ code, retryable });
  });

  it('does not wait for an account without credit', () => {
    expect(of(429, 'insufficient_quota')).toMatchObject({ code: 'PROVIDER_REFUSED', retryable: false });
  });

  it.each([
    [400, "This model's maximum context length is 8192 tokens, however you requested 9000 tokens"],
    [400, "Invalid 'input[0]': maximum input length is 8192 tokens."],
    [400, 'Requested 312345 tokens, max 300000 tokens per request'],
    [400, 'the input length exceeds the context length'],
    [422, 'Input validation error: `inputs` must have less than 512 tokens: input is too long'],
    [500, 'input is too large to process. increase the physical batch size'],
    [
      429,
      'Request too large for text-embedding-3-small on tokens per min (TPM): Limit 40000, Requested 50000',
    ],
  ])('knows status %i for a text that is too long: %s', (status, message) => {
    expect(providerError({ status, message, cause: undefined }, 'some-model')).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      field: 'text',
    });
  });

  it('says how to get a model that Ollama has not pulled', () => {
    const message = 'model "some-model" not found, try pulling it first';
    expect(providerError({ status: 404, message, cause: undefined }, 'some-model')).toMatchObject({
      code: 'PROVIDER_REFUSED',
      remedy: expect.stringContaining('ollama pull some-model'),
    });
  });

  it('names the setting that a model without a choice of length refuses', () => {
    const message = 'This model does not support specifying dimensions.';
    expect(providerError({ status: 400, message, cause: undefined }, 'some-model')).toMatchObject({
      code: 'PROVIDER_REFUSED',
      field: 'EMBEDDING_DIMENSIONS',
    });
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');

  it('reads seconds and dates', () => {
    expect(retryAfterMs('2', now)).toBe(2000);
    expect(retryAfterMs('Fri, 20 Nov 2026 12:00:05 GMT', now)).toBe(5000);
    expect(retryAfterMs('Fri, 20 Nov 2026 11:00:00 GMT', now)).toBe(0);
  });

  it('ignores what it cannot read', () => {
    expect(retryAfterMs(null, now)).toBeUndefined();
    expect(retryAfterMs(' ', now)).toBeUndefined();
    expect(retryAfterMs('soon', now)).toBeUndefined();
  });
});
