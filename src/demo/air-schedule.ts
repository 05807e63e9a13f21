import { guid } from './items.ts';

const MS_PER_DAY = 86_400_000;
/** Nothing of the catalog airs later, so that a demo started on any later day looks the same. */
const LAST_AIR_DAY = dayOf('2026-06-30');
/** Days that a season takes at most, whatever its length. */
const SEASON_DAYS = 200;

/** Day number (days since 1970-01-01) of a `yyyy-mm-dd` date. */
export function dayOf(date: string): number {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY);
}

/** The `yyyy-mm-dd` date of a day number. */
export function dateOf(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Midnight UTC of a day number, in ms. */
export function msOf(day: number): number {
  return day * MS_PER_DAY;
}

/**
 * Invents air days for a series, weekly from a month that its title decides, seasons spread from `year` to `endYear`.
 * The same input always gives the same days, and they never go back.
 *
 * @param seasons episodes of each season, from season 1
 * @returns one day number for every episode in order; empty when the year is unknown
 */
export function airDays(
  title: string,
  year: number | null,
  endYear: number | null,
  seasons: readonly number[],
): number[] {
  if (year === null) return [];
  const limit = endYear === null ? LAST_AIR_DAY : Math.min(dayOf(`${endYear}-12-31`), LAST_AIR_DAY);
  const firstMonth = 1 + (Number.parseInt(guid(title).slice(0, 2), 16) % 6);
  const step = endYear === null || seasons.length < 2 ? 1 : (endYear - year) / (seasons.length - 1);
  const days: number[] = [];
  for (const [index, length] of seasons.entries()) {
    const seasonYear = Math.round(year + index * step);
    const start = dayOf(`${seasonYear}-${String(firstMonth).padStart(2, '0')}-15`);
    const first = Math.max(start, (days.at(-1) ?? start - 1) + 1);
    const pace = Math.min(7, SEASON_DAYS / Math.max(1, length));
    for (let episode = 0; episode < length; episode++) {
      days.push(Math.min(limit, first + Math.floor(episode * pace)));
    }
  }
  return days;
}
