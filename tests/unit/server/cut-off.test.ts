import { GraphQLError } from 'graphql';
import { expect, it } from 'vitest';
import { serverStopping } from '../../../src/jobs/feed.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';
import { isCutOff, openWhenCutOff, wasCutOff } from '../../../src/server/cut-off.ts';

async function* failing(error: Error) {
  yield 1;
  throw error;
}

it.each([
  ['the error of a stopping server', serverStopping(), true],
  ['one that GraphQL wraps', new GraphQLError('x', { originalError: serverStopping() }), true],
  ['one that is masked', new GraphQLError('x', { extensions: { code: 'SERVER_STOPPING' } }), true],
  ['another expected error', new ShowrunnerError('NOT_FOUND', 'x'), false],
  ['another GraphQL error', new GraphQLError('x'), false],
  ['any other error', new Error('The server is stopping.'), false],
  ['nothing', undefined, false],
])('takes %s for what it is', (_, error, expected) => {
  expect(isCutOff(error)).toBe(expected);
});

it('stays open when its source is cut off, until it is closed', async () => {
  const stream = openWhenCutOff(failing(serverStopping()));
  expect(await stream.next()).toEqual({ done: false, value: 1 });
  expect(wasCutOff(stream)).toBe(false);
  let isSettled = false;
  const pending = stream.next();
  void pending.finally(() => {
    isSettled = true;
  });
  await expect.poll(() => wasCutOff(stream)).toBe(true);
  expect(isSettled).toBe(false);
  expect(await stream.return?.()).toEqual({ done: true, value: undefined });
});

it('fails as its source does otherwise', async () => {
  const stream = openWhenCutOff(failing(new Error('broken')));
  await stream.next();
  await expect(stream.next()).rejects.toThrow('broken');
  expect(wasCutOff(stream)).toBe(false);
  expect(wasCutOff(null)).toBe(false);
});
