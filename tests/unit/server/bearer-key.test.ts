import { expect, it } from 'vitest';
import { keyFromConnection, keyFromHeader } from '../../../src/server/access/bearer-key.ts';

it.each([
  ['Bearer sr_abc', 'sr_abc'],
  ['bearer   sr_abc ', 'sr_abc'],
  ['BEARER sr_abc', 'sr_abc'],
  ['Bearer', undefined],
  ['Bearer ', undefined],
  ['Bearer a b', undefined],
  ['Basic sr_abc', undefined],
  ['sr_abc', undefined],
  ['', undefined],
  [undefined, undefined],
])('reads from the header "%s" the key %s', (header, key) => {
  expect(keyFromHeader(header)).toBe(key);
});

it.each([
  [{ authorization: 'Bearer a' }, undefined, 'a'],
  [{ Authorization: 'Bearer a' }, undefined, 'a'],
  [{ apiKey: 'a' }, undefined, 'a'],
  [{ apiKey: 'a' }, 'Bearer b', 'a'],
  [{ other: 'a' }, 'Bearer b', 'b'],
  [undefined, 'Bearer b', 'b'],
  [{ authorization: ['Bearer a'] }, undefined, undefined],
  [{ authorization: 'a' }, 'Bearer b', undefined],
  [{}, undefined, undefined],
])('takes from the parameters %j and the header %s the key %s', (parameters, header, key) => {
  expect(keyFromConnection(parameters, header)).toBe(key);
});
