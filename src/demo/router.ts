import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from './auth.ts';
import { type Answer, Refusal } from './http.ts';
import type { MediaState } from './media-state.ts';
import type { Query } from './query.ts';

/** One request on its way through a route. */
export interface Call {
  readonly state: MediaState;
  /** Never null, except on anonymous routes. */
  readonly caller: Caller | null;
  readonly headers: IncomingHttpHeaders;
  readonly query: Query;
  /** Parsed JSON body, null when there was none. */
  readonly body: unknown;
  /** Places by which a fault moves a page against its list; 0 without one. */
  readonly pageShift: number;
  /** A part of the path, by its name in the route's pattern. */
  param(name: string): string;
}

/** Who may call a route. */
type Access = 'anonymous' | 'user' | 'admin';

/** One route: `GET /Users/{id}`, who may call it, and what it does. */
export interface Route {
  readonly access: Access;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

/** Routes by method and pattern. */
export type Routes = Readonly<Record<string, Route>>;

/** A found route and the parameters of its path. */
export interface Match {
  readonly route: Route;
  readonly parameters: ReadonlyMap<string, string>;
}

interface Compiled {
  readonly method: string;
  readonly parts: readonly string[];
  readonly route: Route;
}

/** Finds routes by method and path; case matters in neither. */
export class Router {
  readonly #byLength = new Map<number, Compiled[]>();

  constructor(routes: Routes) {
    for (const [key, route] of Object.entries(routes)) {
      const [method = '', pattern = ''] = key.split(' ');
      const parts = split(pattern);
      const ofLength = this.#byLength.get(parts.length) ?? [];
      ofLength.push({ method, parts, route });
      this.#byLength.set(parts.length, ofLength);
    }
  }

  /** @throws Refusal 404 when no route has the path, 405 when none has the method */
  find(method: string, path: string): Match {
    const parts = split(path);
    let hasPath = false;
    for (const compiled of this.#byLength.get(parts.length) ?? []) {
      const parameters = matchParts(compiled.parts, parts);
      if (!parameters) continue;
      hasPath = true;
      if (compiled.method === method) return { route: compiled.route, parameters };
    }
    throw hasPath ? new Refusal(405, 'Method not allowed.') : new Refusal(404, 'Not found.');
  }
}

function matchParts(pattern: readonly string[], path: readonly string[]): Map<string, string> | null {
  const parameters = new Map<string, string>();
  for (const [index, part] of pattern.entries()) {
    const actual = path[index] ?? '';
    if (part.startsWith('{')) parameters.set(part.slice(1, -1), actual);
    else if (part.toLowerCase() !== actual.toLowerCase()) return null;
  }
  return parameters;
}

function split(path: string): string[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
