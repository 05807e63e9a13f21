import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { maskError } from '../../schema/errors.ts';
import type { Database } from '../../src/platform/database.ts';
import { ShowrunnerError } from '../../src/platform/errors.ts';
import { createApi, gid } from '../support/api.ts';

function failingDatabase(error: unknown): Database {
  const fail = () => Promise.reject(error);
  return {
    kind: 'embedded',
    get orm(): Database['orm'] {
      throw error;
    },
    rows: fail,
    transaction: fail,
    listen: fail,
    notify: fail,
    ping: fail,
    close: async () => {},
  };
}

describe('an unexpected error', () => {
  it('is hidden behind the id of the request, under which it is reported', async () => {
    const secret = new Error('password of the database');
    const api = createApi(failingDatabase(secret));
    const { data, errors } = await api.query(`{ me { name } series(id: "${gid('Series', 1)}") { name } }`);
    expect(data).toEqual({ me: { name: 'ADMIN key' }, series: null });
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'Something went wrong on our side.',
        path: ['series'],
        extensions: { code: 'INTERNAL', requestId: 'request-1' },
      }),
    ]);
    expect(JSON.stringify(errors)).not.toContain('password');
    expect(api.reported).toEqual([{ error: secret, requestId: 'request-1' }]);
  });
});

describe('an expected error', () => {
  it('keeps its code, message and remedy and is not reported', async () => {
    const expected = new ShowrunnerError('DATABASE_UNAVAILABLE', 'It is down.', { remedy: 'Start it.' });
    const api = createApi(failingDatabase(expected));
    const { errors } = await api.query('{ genres { genre } }');
    expect(errors).toMatchObject([
      { message: 'It is down.', extensions: { code: 'DATABASE_UNAVAILABLE', remedy: 'Start it.' } },
    ]);
    expect(api.reported).toEqual([]);
  });

  it('of a code that the payload does not list stays an error of the request', async () => {
    const expected = new ShowrunnerError('DATABASE_UNAVAILABLE', 'It is down.');
    const { errors } = await createApi(failingDatabase(expected)).query(
      `mutation { updateUser(input: { userId: "${gid('User', 1)}", explanationsEnabled: true }) { __typename } }`,
    );
    expect(errors).toMatchObject([{ path: ['updateUser'], extensions: { code: 'DATABASE_UNAVAILABLE' } }]);
  });
});

describe('maskError', () => {
  it('finds an expected error under several layers and carries nothing of its origin', () => {
    const origin = new ShowrunnerError('NOT_FOUND', 'Not there.', {
      field: 'id',
      value: '7',
      cause: new Error('secret'),
    });
    const wrapped = new GraphQLError('outer', {
      path: ['a', 0],
      originalError: new GraphQLError('inner', { originalError: origin }),
    });
    const masked = maskError(wrapped, 'Unexpected.');
    expect(masked.toJSON()).toEqual({
      message: 'Not there.',
      path: ['a', 0],
      extensions: { code: 'NOT_FOUND', field: 'id', value: '7' },
    });
    expect(masked.originalError).toBeUndefined();
  });

  it('lets errors of the request itself pass', () => {
    const error = new GraphQLError('Syntax Error', { extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
    expect(maskError(error, 'Unexpected.')).toBe(error);
  });

  it.each([[new TypeError('secret')], ['secret'], [undefined]])(
    'hides %s unless it is told to show it',
    (thrown) => {
      expect(maskError(thrown, 'Unexpected.').toJSON()).toEqual({
        message: 'Unexpected.',
        extensions: { code: 'INTERNAL' },
      });
    },
  );

  it('shows the message in development', () => {
    expect(maskError(new TypeError('details'), 'Unexpected.', true).message).toBe('details');
  });
});
