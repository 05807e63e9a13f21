import { readName } from '../media-server/foreign-values.ts';

/** Topics of one series that are kept; the source gives the most telling ones first. */
const MOST_NAMES = 60;

/** Names of a list of objects with a `name`, or of texts; without repeats, whatever else stands there left out. */
export function readNames(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const names = value.map((entry: unknown) => readName(hasName(entry) ? entry.name : entry));
  return [...new Set(names.filter((name) => name !== null))].slice(0, MOST_NAMES);
}

/** A number within bounds; null for anything else. */
export function readBetween(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && value >= least && value <= most ? value : null;
}

/** The year of a date such as `2008-01-20`; null for anything else. */
export function readYear(value: unknown): number | null {
  const match = typeof value === 'string' ? /^(1[89]\d\d|2[01]\d\d)-\d\d-\d\d$/.exec(value) : null;
  return match ? Number(match[1]) : null;
}

function hasName(value: unknown): value is { readonly name: unknown } {
  return typeof value === 'object' && value !== null && 'name' in value;
}
