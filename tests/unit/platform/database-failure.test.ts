import { describe, expect, it } from 'vitest';
import { databaseFailure, statementTimeout } from '../../../src/platform/database-failure.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';

const withCode = (code: string) => Object.assign(new Error('driver text'), { code });

describe('statementTimeout', () => {
  it('takes a cancelled statement for one that was too much', () => {
    const error = new Error('Failed query', { cause: withCode('57014') });
    expect(statementTimeout(error)).toMatchObject({ code: 'LIMIT_EXCEEDED', retryable: false });
  });

  it.each(['57P01', '23505', 'ECONNRESET'])('leaves %s', (code) => {
    expect(statementTimeout(withCode(code))).toBeUndefined();
  });
});

describe('databaseFailure', () => {
  it.each(['ECONNREFUSED', 'CONNECTION_CLOSED', 'CONNECT_TIMEOUT', '57P01', '08006', '40P01', '53300'])(
    'takes %s for a database that may come back',
    (code) => {
      expect(databaseFailure(withCode(code))).toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        retryable: true,
      });
    },
  );

  it('finds the driver’s error behind the query builder’s and in a list of attempts', () => {
    expect(databaseFailure(new Error('Failed query', { cause: withCode('57P01') }))).toBeDefined();
    expect(databaseFailure(new AggregateError([withCode('ECONNREFUSED')]))).toBeDefined();
  });

  it.each(['23505', '42P01', '22P02'])('leaves %s, which is the statement’s own fault', (code) => {
    expect(databaseFailure(withCode(code))).toBeUndefined();
  });

  it('leaves what is no error of a database', () => {
    expect(databaseFailure(new Error('odd'))).toBeUndefined();
    expect(databaseFailure('odd')).toBeUndefined();
    expect(
      databaseFailure(
        new ShowrunnerError('MEDIA_SERVER_UNREACHABLE', 'away', { cause: withCode('ECONNREFUSED') }),
      ),
    ).toBeUndefined();
  });
});
