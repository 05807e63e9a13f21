import { GraphQLError } from 'graphql';
import { builder } from './builder.ts';

const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}(:?\d{2})?)$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Reads a time with zone as RFC 3339 or PostgreSQL writes it (`2026-11-21 13:10:52.08+00`); null when it is none. */
export function parseDateTime(text: string): Date | null {
  if (!DATE_TIME.test(text)) return null;
  const iso = text.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00');
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** Whether the text is a day that exists, as `yyyy-mm-dd`. */
export function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}

builder.scalarType('DateTime', {
  description: 'A point in time, RFC 3339 in UTC with milliseconds: `2026-11-21T13:10:52.080Z`.',
  serialize: (value) => {
    const time = value instanceof Date ? value : parseDateTime(value);
    if (!time) throw new TypeError(`${String(value)} is no point in time.`);
    return time.toISOString();
  },
  parseValue: (value) => {
    const time = typeof value === 'string' ? parseDateTime(value) : null;
    if (!time) throw badValue('An RFC 3339 time with a zone is needed, such as 2026-11-21T13:10:52Z.');
    return time;
  },
});

builder.scalarType('Date', {
  description: 'A day without time and zone: `2026-11-21`.',
  serialize: (value) => value,
  parseValue: (value) => {
    if (typeof value === 'string' && isDate(value)) return value;
    throw badValue('A day is needed, such as 2026-11-21.');
  },
});

function badValue(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_INPUT' } });
}
