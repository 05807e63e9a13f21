import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/platform/config.ts';
import { DEFAULT_LIMIT_VALUES } from '../../../src/platform/config-limits.ts';

describe('the limits of the configuration', () => {
  it('are the documented ones when nothing is set', () => {
    expect(readConfig({}).limits).toEqual(DEFAULT_LIMIT_VALUES);
    expect(DEFAULT_LIMIT_VALUES).toEqual({
      bodyBytes: 1_000_000,
      documentTokens: 5_000,
      depth: 20,
      rootFields: 20,
      selectionFields: 100,
      aliases: 50,
      directives: 50,
      cost: 150_000,
      operationsPerSecond: 100,
      operationsAtOnce: 1_000,
      operationMs: 30_000,
      webSockets: 2_000,
      operationsPerWebSocket: 100,
      subscriptions: 5_000,
      subscriptionsPerKey: 1_000,
    });
  });

  it('are set by variables, and lifted by 0', () => {
    const { limits } = readConfig({
      SHOWRUNNER_LIMIT_DEPTH: '5',
      SHOWRUNNER_LIMIT_COST: '0',
      SHOWRUNNER_LIMIT_OPERATION_SECONDS: '2',
      SHOWRUNNER_LIMIT_OPERATIONS_PER_SECOND: '0',
    });
    expect(limits).toMatchObject({
      depth: 5,
      cost: Number.POSITIVE_INFINITY,
      operationMs: 2_000,
      operationsPerSecond: Number.POSITIVE_INFINITY,
      aliases: 50,
    });
  });

  it('lift the time of an operation by 0 as well', () => {
    const { limits } = readConfig({ SHOWRUNNER_LIMIT_OPERATION_SECONDS: '0' });
    expect(limits.operationMs).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ['SHOWRUNNER_LIMIT_BODY_BYTES', '0'],
    ['SHOWRUNNER_LIMIT_TOKENS', '10'],
    ['SHOWRUNNER_LIMIT_OPERATIONS_AT_ONCE', '0'],
    ['SHOWRUNNER_LIMIT_OPERATION_SECONDS', '86401'],
    ['SHOWRUNNER_LIMIT_DEPTH', '-1'],
    ['SHOWRUNNER_LIMIT_COST', 'unlimited'],
  ])('refuse %s=%s', (variable, value) => {
    expect(() => readConfig({ [variable]: value })).toThrow(variable);
  });
});
