import type { Dialect } from './media-server.ts';

/** One request in a server's own words; the path starts with a slash and its variable parts are encoded. */
export interface ServerRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Whether doing it twice does the same as once; a GET always is. */
  readonly idempotent?: boolean;
}

/** Where Jellyfin and Emby differ: the requests, not the answers, which one lenient parser reads for both. */
export interface DialectRules {
  readonly name: Dialect;
  authorization(apiKey: string): Readonly<Record<string, string>>;
  /** Headers of a client that has no token yet. */
  readonly introduction: Readonly<Record<string, string>>;
  readonly libraries: ServerRequest;
  readonly users: ServerRequest;
  readonly parentalRatings: ServerRequest;
  /** Whether the list of users is read page by page. */
  readonly pagesUsers: boolean;
  /** The request for items as one user sees them; the query is added by the caller. */
  items(userId: string): ServerRequest;
  markPlayed(input: { readonly userId: string; readonly itemId: string; readonly at: Date }): ServerRequest;
  /** The form of versions that answer 404 to `markPlayed`; left out where there are none. */
  markPlayedBefore?(input: {
    readonly userId: string;
    readonly itemId: string;
    readonly at: Date;
  }): ServerRequest;
  createLibrary(input: { readonly name: string; readonly path: string }): ServerRequest;
  refreshLibrary(libraryId: string): ServerRequest;
  removeLibrary(library: { readonly id: string; readonly name: string }): ServerRequest;
}

/** A GET of `path`. */
export function get(path: string, query: Readonly<Record<string, string>> = {}): ServerRequest {
  return { method: 'GET', path, query };
}
