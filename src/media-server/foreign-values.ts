import { z } from 'zod';

/** Ticks of 100 ns, the unit of every duration that the servers speak of. */
const TICKS_PER_MS = 10_000;
const MAX_INT = 2_147_483_647;
/** A date without a year, or the year 1: what the servers say when they do not know. */
const FIRST_YEAR = 1850;
const LONGEST_TEXT = 10_000;
/** Characters that XML and PostgreSQL do not take, and halves of surrogate pairs. Tab and line breaks stay. */
const UNSTORABLE = /[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF\p{Cs}]/gu;
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * A property of a foreign object. It never fails: whatever stands there, even nothing, becomes a value or null, so that
 * one bad property cannot spoil an item, nor one bad item a page.
 */
function lenient<Value>(read: (value: unknown) => Value) {
  return z.unknown().optional().transform(read);
}

/** Readable text: control characters out, trimmed, at most 10,000 characters; null when nothing is left. */
export function readText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const clean = value.replace(UNSTORABLE, '').trim();
  if (clean.length <= LONGEST_TEXT) return clean === '' ? null : clean;
  return clean.slice(0, LONGEST_TEXT).replace(UNSTORABLE, '').trimEnd();
}

/** A name: text on one line of at most 500 characters, short enough for a database index. */
export function readName(value: unknown): string | null {
  const text = readText(value)?.replace(/\s+/g, ' ');
  if (!text || text.length <= 500) return text || null;
  return Array.from(text).slice(0, 500).join('').trimEnd();
}

/** A path exactly as the server gave it; null when it cannot be stored. */
export function readPath(value: unknown): string | null {
  if (typeof value !== 'string' || value === '' || value.length > 4096) return null;
  return /[\0\p{Cs}]/u.test(value) ? null : value;
}

/** An opaque id; Emby's may be numbers. Null for anything that cannot be one, the all-zero Guid included. */
export function readId(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  if (typeof value !== 'string') return null;
  const isEmptyGuid = /^[0-]{32,36}$/.test(value);
  return /^[^\s/\\?#\p{C}]{1,128}$/u.test(value) && !isEmptyGuid ? value : null;
}

/** A whole number of at least 0 that a 4-byte column holds. */
export function readCount(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) return null;
  return number >= 0 && number <= MAX_INT ? number : null;
}

/** A number within bounds; null when it lies outside. */
function readBetween(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && value >= least && value <= most ? value : null;
}

/** Ticks as whole ms; null when unknown, not positive, or more than a 4-byte column holds (24 days). */
export function readTicks(value: unknown): number | null {
  const ms = typeof value === 'number' ? Math.round(value / TICKS_PER_MS) : 0;
  return ms > 0 && ms <= MAX_INT ? ms : null;
}

/** An instant from ISO 8601 with any number of decimals, UTC where no zone is given; null before 1850. */
export function readInstant(value: unknown): Date | null {
  const match = typeof value === 'string' ? ISO.exec(value.trim()) : null;
  if (!match) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00', decimals = '', zone = 'Z'] = match;
  const ms = decimals.slice(0, 3).padEnd(3, '0');
  const calendar = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  if (Number(year) < FIRST_YEAR || Number.isNaN(calendar)) return null;
  if (new Date(calendar).getUTCDate() !== Number(day)) return null;
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}${withColon(zone)}`);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** `yyyy-mm-dd`, as written by the server. */
export function readDay(value: unknown): string | null {
  return typeof value === 'string' && readInstant(value) ? value.trim().slice(0, 10) : null;
}

/** Names from a list of texts, of objects with a `Name`, or of both; without repeats. */
export function readNames(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const names = value.map((entry: unknown) => readName(hasName(entry) ? entry.Name : entry));
  return [...new Set(names.filter((name) => name !== null))];
}

/** A foreign object with its properties as they are; null for anything else. */
export function readRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(Object.entries(value));
}

/** Lower-case property names of a foreign object with their values; empty for anything else. */
export function readEntries(value: unknown): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map();
  return new Map(Object.entries(value).map(([key, entry]) => [key.toLowerCase(), entry]));
}

/** The readers above as zod properties, none of which ever fails. */
export const foreign = {
  id: lenient(readId),
  text: lenient(readText),
  name: lenient(readName),
  path: lenient(readPath),
  count: lenient(readCount),
  ticks: lenient(readTicks),
  instant: lenient(readInstant),
  day: lenient(readDay),
  names: lenient(readNames),
  entries: lenient(readEntries),
  flag: lenient((value) => (typeof value === 'boolean' ? value : null)),
  rating: lenient((value) => readBetween(value, 0, 10)),
  year: lenient((value) => {
    const year = readCount(value);
    return year !== null && year >= FIRST_YEAR && year < 2200 ? year : null;
  }),
} as const;

function withColon(zone: string): string {
  return /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
}

function hasName(value: unknown): value is { readonly Name: unknown } {
  return typeof value === 'object' && value !== null && 'Name' in value;
}
