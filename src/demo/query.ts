import type { Dialect } from '../media-server/media-server.ts';
import { Refusal } from './http.ts';

/**
 * The query string of a request. Names are looked up without regard to case, as both servers do; values that do not fit
 * their type are refused the way the dialect does.
 */
export class Query {
  readonly #dialect: Dialect;
  readonly #values = new Map<string, string>();

  constructor(dialect: Dialect, parameters: URLSearchParams) {
    this.#dialect = dialect;
    for (const [name, value] of parameters) {
      const key = name.toLowerCase();
      const before = this.#values.get(key);
      this.#values.set(key, before === undefined ? value : `${before},${value}`);
    }
  }

  /** The value, null when absent or empty. */
  text(name: string): string | null {
    return this.#values.get(name.toLowerCase()) || null;
  }

  /** The parts of a value that commas separate. */
  list(name: string): string[] {
    return (this.text(name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  /** @throws Refusal when it is neither `true` nor `false` */
  flag(name: string): boolean | null {
    const value = this.text(name);
    if (value === null) return null;
    if (/^true$/i.test(value)) return true;
    if (/^false$/i.test(value)) return false;
    throw this.#invalid(name, value);
  }

  /** @throws Refusal when it is not a whole number */
  integer(name: string): number | null {
    const value = this.text(name);
    if (value === null) return null;
    if (/^-?\d{1,9}$/.test(value)) return Number(value);
    throw this.#invalid(name, value);
  }

  /** An item id. Jellyfin takes 32 hex digits with or without dashes and refuses anything else. */
  id(name: string): string | null {
    const value = this.text(name);
    return value === null ? null : parseId(this.#dialect, name, value);
  }

  /** A user id, which is a Guid on both. */
  userId(name: string): string | null {
    const value = this.text(name);
    return value === null ? null : parseUserId(this.#dialect, name, value);
  }

  /** A date and time in ms. @throws Refusal when it is none */
  instant(name: string): number | null {
    const value = this.text(name);
    if (value === null) return null;
    const at = parseInstant(this.#dialect, value);
    if (at === null) throw this.#invalid(name, value);
    return at;
  }

  #invalid(name: string, value: string): Refusal {
    if (this.#dialect === 'emby') return new Refusal(500, 'Input string was not in a correct format.');
    return new Refusal(400, `The value '${value}' is not valid.`, name);
  }
}

const GUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** @throws Refusal when Jellyfin would not bind it */
export function parseId(dialect: Dialect, name: string, value: string): string {
  if (dialect === 'emby') return value;
  if (!GUID.test(value)) throw new Refusal(400, `The value '${value}' is not valid.`, name);
  return value.replaceAll('-', '').toLowerCase();
}

/** @throws Refusal when it is not a Guid: a validation problem on Jellyfin, a 500 on Emby */
export function parseUserId(dialect: Dialect, name: string, value: string): string {
  if (GUID.test(value)) return value.replaceAll('-', '').toLowerCase();
  if (dialect === 'emby') throw new Refusal(500, 'Unrecognized Guid format.');
  throw new Refusal(400, `The value '${value}' is not valid.`, name);
}

/** Both read `yyyyMMddHHmmss` as UTC; only Jellyfin also reads ISO 8601, without a zone as UTC. */
export function parseInstant(dialect: Dialect, value: string): number | null {
  const compact = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(value);
  if (compact) {
    const [, year, month, day, hour, minute, second] = compact;
    return numberOrNull(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`));
  }
  if (dialect === 'emby') return null;
  if (!/^\d{4}-\d{2}-\d{2}/.test(value)) return null;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(value) || value.length === 10;
  return numberOrNull(Date.parse(hasZone ? value : `${value}Z`));
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
