import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ShowrunnerError } from '../platform/errors.ts';
import { airDays, dayOf, msOf } from './air-schedule.ts';
import type { CatalogSeries, Viewer, ViewerPlay, ViewerPlays } from './catalog.ts';

const viewersSchema = z.object({
  about: z.string(),
  viewers: z.array(
    z.object({
      name: z.string().min(1),
      admin: z.boolean().default(false),
      taste: z.string(),
      watched: z.array(
        z.object({
          title: z.string(),
          year: z.number().int(),
          /** How many of the first episodes; `all` means every one. */
          episodes: z.union([z.literal('all'), z.number().int().min(0)]),
          lastPlayed: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
          favorite: z.boolean().default(false),
          /** Minutes into the episode after those, for one that was left half-way. */
          resumeMinutes: z.number().int().positive().optional(),
        }),
      ),
    }),
  ),
});

/** Parsed `catalog/viewers.json`. */
export type ViewersFile = z.output<typeof viewersSchema>;

/** The invented viewers that ship with the project, as written. */
export async function loadViewersFile(): Promise<ViewersFile> {
  return viewersSchema.parse(
    JSON.parse(await readFile(new URL('catalog/viewers.json', import.meta.url), 'utf8')),
  );
}

/**
 * Turns lists of watched titles into single plays: the last episode on the date given, those before it some days
 * earlier each, never before they aired.
 *
 * @throws ShowrunnerError `BAD_INPUT` when a title is not in the catalog
 */
export function viewersOf(file: ViewersFile, catalog: readonly CatalogSeries[]): Viewer[] {
  const positions = new Map(catalog.map((series, index) => [`${series.title}|${series.year}`, index]));
  return file.viewers.map((viewer) => ({
    name: viewer.name,
    isAdmin: viewer.admin,
    plays: viewer.watched.map((watched): ViewerPlays => {
      const position = positions.get(`${watched.title}|${watched.year}`);
      const series = position === undefined ? undefined : catalog[position];
      if (position === undefined || !series) {
        throw new ShowrunnerError(
          'BAD_INPUT',
          `"${watched.title}" (${watched.year}) is not in the catalog.`,
          {
            field: `viewers.${viewer.name}`,
            value: watched.title,
          },
        );
      }
      return { series: position, isFavorite: watched.favorite, episodes: playsOf(series, watched) };
    }),
  }));
}

function playsOf(
  series: CatalogSeries,
  watched: ViewersFile['viewers'][number]['watched'][number],
): ViewerPlay[] {
  const total = series.seasons.reduce((sum, length) => sum + length, 0);
  const count = watched.episodes === 'all' ? total : Math.min(watched.episodes, total);
  const aired = airDays(series.title, series.year, series.endYear, series.seasons);
  const last = dayOf(watched.lastPlayed);
  const plays: ViewerPlay[] = [];
  for (let ordinal = 1; ordinal <= count; ordinal++) {
    const day = Math.max(last - Math.floor((count - ordinal) * 0.6), aired[ordinal - 1] ?? 0);
    plays.push({ ordinal, at: eveningOf(Math.min(day, last), ordinal), count: 1, positionSeconds: 0 });
  }
  if (watched.resumeMinutes !== undefined && count < total) {
    plays.push({
      ordinal: count + 1,
      at: eveningOf(last, count + 1),
      count: 0,
      positionSeconds: watched.resumeMinutes * 60,
    });
  }
  return plays;
}

/** A time in the evening of `day` that is later for later episodes, in ms. */
export function eveningOf(day: number, ordinal: number): number {
  return msOf(day) + (18 * 60 + (ordinal % 240)) * 60_000;
}
