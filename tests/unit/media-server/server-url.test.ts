import { describe, expect, test } from 'vitest';
import { parseApiKey, parseServerUrl, requestUrl } from '../../../src/media-server/server-url.ts';

describe('the address of a server', () => {
  test.each([
    ['http://host:8096', 'http://host:8096/'],
    [' http://host:8096/ ', 'http://host:8096/'],
    ['https://host/jellyfin/', 'https://host/jellyfin'],
    ['http://host:8096/web/index.html#!/home', 'http://host:8096/'],
    ['https://host/media/web/?x=1', 'https://host/media'],
    ['http://host:8096/emby', 'http://host:8096/emby'],
    ['http://[::1]:8096', 'http://[::1]:8096/'],
  ])('%s is %s', (text, expected) => {
    expect(parseServerUrl(text).href).toBe(expected);
  });

  test.each([['host:8096'], ['ftp://host'], [''], ['http://'], ['file:///etc/passwd']])(
    '%j is refused',
    (text) => {
      expect(() => parseServerUrl(text)).toThrow(expect.objectContaining({ code: 'BAD_CONFIGURATION' }));
    },
  );

  test('with a password is refused without repeating it', () => {
    const attempt = () => parseServerUrl('http://admin:hunter2@host');
    expect(attempt).toThrow(/carries a user name or password/);
    expect(attempt).not.toThrow(/hunter2/);
  });

  test('keeps its base path in every request', () => {
    const url = requestUrl(parseServerUrl('https://host/media/'), '/Items', { ParentId: 'a b&c' });
    expect(url.href).toBe('https://host/media/Items?ParentId=a+b%26c');
  });
});

describe('a key', () => {
  test('is trimmed', () => {
    expect(parseApiKey(' abc\n')).toBe('abc');
  });

  test.each([[''], ['  '], ['a b'], ['se\ncret'], ['schlüssel']])(
    '%j is refused without repeating it',
    (text) => {
      expect(() => parseApiKey(text)).toThrow(/empty or has foreign characters/);
    },
  );
});
