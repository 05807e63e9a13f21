import { ShowrunnerError } from '../platform/errors.ts';

const EXAMPLE = 'Give it as http://host:8096, with the base path if the server has one.';

/**
 * Reads the address of a media server: scheme, host, port and base path stay; the web client's own path and a trailing
 * slash, which come along when an address is copied from a browser, go.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION` when it is not an http(s) URL, or carries a user name or password
 */
export function parseServerUrl(text: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ShowrunnerError(
      'BAD_CONFIGURATION',
      'The address of the media server is not an http or https URL.',
      {
        field: 'MEDIA_SERVER_URL',
        remedy: EXAMPLE,
      },
    );
  }
  if (url.username || url.password) {
    throw new ShowrunnerError(
      'BAD_CONFIGURATION',
      `The address of the media server at ${url.host} carries a user name or password.`,
      { field: 'MEDIA_SERVER_URL', remedy: 'Take them out: the API key is all that the server wants.' },
    );
  }
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/\/web(\/.*)?$/, '').replace(/\/+$/, '');
  return url;
}

/**
 * Checks that a key can travel in a header, and trims it. The message never repeats it.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION` when it is empty or has characters that no key has
 */
export function parseApiKey(text: string): string {
  const key = text.trim();
  if (/^[\x21-\x7e]{1,512}$/.test(key)) return key;
  throw new ShowrunnerError(
    'BAD_CONFIGURATION',
    'The API key of the media server is empty or has foreign characters.',
    {
      field: 'MEDIA_SERVER_API_KEY',
      remedy: 'Create an API key in the dashboard of the media server and copy it whole.',
    },
  );
}

/** The address of one request: base path, path and query. */
export function requestUrl(base: URL, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
  url.search = new URLSearchParams(query).toString();
  return url;
}
