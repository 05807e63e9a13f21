import type { IncomingHttpHeaders } from 'node:http';
import type { MediaState } from './media-state.ts';
import type { DemoUser } from './users.ts';

/** Who makes a request: the holder of the API key, who is no user but may do everything, or a user who logged in. */
export interface Caller {
  readonly user: DemoUser | null;
  readonly isAdmin: boolean;
}

/** Fields of an authorization header, such as `Client` and `Token`. */
export type AuthorizationFields = ReadonlyMap<string, string>;

/** Finds who makes a request; null when the token is missing, unknown, or sent in a way that this server ignores. */
export function authenticate(
  state: MediaState,
  headers: IncomingHttpHeaders,
  parameters: URLSearchParams,
): Caller | null {
  const token = tokenOf(state, headers, parameters);
  if (!token) return null;
  if (token === state.apiKey) return { user: null, isAdmin: true };
  const user = state.tokens.get(token);
  if (!user || user.policy.IsDisabled) return null;
  return { user, isAdmin: user.policy.IsAdministrator };
}

/** The fields of the authorization header, by whichever of its names the server accepts. */
export function authorizationFields(state: MediaState, headers: IncomingHttpHeaders): AuthorizationFields {
  const fields = new Map<string, string>();
  const { acceptsLegacyAuth } = state.profile;
  const legacy = acceptsLegacyAuth ? single(headers['x-emby-authorization']) : undefined;
  const header = headers.authorization ?? legacy;
  const match = /^(MediaBrowser|Emby)\s+(.*)$/i.exec(header ?? '');
  if (!match?.[1] || !match[2]) return fields;
  if (match[1].toLowerCase() === 'emby' && !acceptsLegacyAuth) return fields;
  for (const [, name, quoted, plain] of match[2].matchAll(/(\w+)=(?:"([^"]*)"|([^,\s]+))/g)) {
    if (name) fields.set(name.toLowerCase(), decoded(quoted ?? plain ?? ''));
  }
  return fields;
}

function tokenOf(
  state: MediaState,
  headers: IncomingHttpHeaders,
  parameters: URLSearchParams,
): string | undefined {
  const isEmby = state.profile.dialect === 'emby';
  const inHeader = authorizationFields(state, headers).get('token');
  const inQuery = isEmby ? undefined : (parameters.get('ApiKey') ?? undefined);
  if (!state.profile.acceptsLegacyAuth) return inHeader || inQuery;
  return (
    inHeader ||
    single(headers['x-emby-token']) ||
    single(headers['x-mediabrowser-token']) ||
    inQuery ||
    (parameters.get('api_key') ?? undefined)
  );
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Values of the header may be URL-encoded; one that is not well-formed stands for itself. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
