import { expect, test } from 'vitest';
import { encodeGlobalId } from '../../../schema/global-id.ts';
import { imagePath } from '../../../schema/image-path.ts';
import { createImageCache } from '../../../src/server/image-cache.ts';
import { parseImageRequest } from '../../../src/server/image-request.ts';

const image = (size: number) => ({ contentType: 'image/png', bytes: Buffer.alloc(size) });
const series = encodeGlobalId('Series', 7);

test('the cache holds what fits, and drops what was not asked for longest', () => {
  const cache = createImageCache(100);
  for (const key of ['a', 'b', 'c']) cache.set(key, image(30));
  cache.get('a');
  cache.set('d', image(30));
  expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key))).toEqual(['a', 'c', 'd']);
  cache.set('e', image(90));
  expect(['a', 'c', 'd', 'e'].filter((key) => cache.get(key))).toEqual(['e']);
});

test('a picture larger than the cache is not kept, and replaces nothing but itself', () => {
  const cache = createImageCache(100);
  cache.set('a', image(50));
  cache.set('b', image(101));
  expect([cache.get('a') !== undefined, cache.get('b')]).toEqual([true, undefined]);
  cache.set('a', image(101));
  expect(cache.get('a')).toBeUndefined();
});

test('a picture set again counts once', () => {
  const cache = createImageCache(100);
  for (let round = 0; round < 5; round += 1) cache.set('a', image(60));
  cache.set('b', image(40));
  expect(cache.get('a')).toBeDefined();
});

test('the path of a picture is read back, and changes with its tag', () => {
  const path = imagePath(7, 'poster', 'tag') ?? '';
  expect(parseImageRequest(path)).toEqual({ titleId: 7, kind: 'poster', width: 480, isVersioned: true });
  expect(imagePath(7, 'poster', 'other')).not.toBe(path);
  expect(imagePath(7, 'poster', null)).toBeNull();
});

test.each([
  ['', 1280],
  ['?width=1', 160],
  ['?width=160', 160],
  ['?width=161', 320],
  ['?width=99999', 1920],
])('a backdrop asked for with "%s" is fetched %s pixels wide', (query, width) => {
  expect(parseImageRequest(`/images/series/${series}/backdrop${query}`)).toMatchObject({ width });
});

test.each(['0', '-1', '1.5', '100000', 'wide', '', ' 3', '0x10', '1e3'])(
  'the width "%s" is refused',
  (width) => {
    const query = new URLSearchParams({ width });
    expect(parseImageRequest(`/images/series/${series}/poster?${query}`)).toBe('bad width');
  },
);

test.each([
  '/images/series/',
  `/images/series/${series}`,
  `/images/series/${series}/`,
  `/images/series/${series}/logo`,
  `/images/series/${series}/poster/`,
  `/images/series/${series}/poster/../backdrop/x`,
  '/images/series/7/poster',
  `/images/series/${encodeGlobalId('User', 7)}/poster`,
  `/images/series/${encodeGlobalId('Series', '7 or 1=1')}/poster`,
  `/images/movies/${series}/poster`,
  '/images/../graphql',
  '//images/series/x/poster',
])('there is nothing at %s', (path) => {
  expect(parseImageRequest(path)).toBe('unknown');
});
