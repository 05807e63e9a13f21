import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const DATE = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be yyyy-mm-dd');

/** One series of the demo's catalog, as written in `catalog/*.json` and sent to `POST /demo/catalog`. */
export const catalogSeriesSchema = z.object({
  title: z.string().trim().min(1),
  year: z.number().int().min(1900).max(2100).nullable().default(null),
  endYear: z.number().int().nullable().default(null),
  status: z.enum(['Continuing', 'Ended', 'Unreleased']).nullable().default(null),
  network: z.string().nullable().default(null),
  genres: z.array(z.string()).default([]),
  keywords: z.array(z.string()).default([]),
  officialRating: z.string().nullable().default(null),
  /** 0..10 */
  rating: z.number().min(0).max(10).nullable().default(null),
  /** Minutes of one episode; null makes a server that does not know the runtime. */
  runtime: z.number().positive().nullable().default(null),
  /** Episodes of each season, from season 1. */
  seasons: z.array(z.number().int().min(0)).default([]),
  imdb: z.string().nullable().default(null),
  tvdb: z.number().int().nullable().default(null),
  tmdb: z.number().int().nullable().default(null),
  overview: z.string().nullable().default(null),
  /** Episodes in season 0. */
  specials: z.number().int().min(0).default(0),
  /** Announced episodes after the last one, for which the server has no file. */
  missing: z.number().int().min(0).default(0),
  /** Files with two episodes, such as `S01E01-E02`; the second number then has no item of its own. */
  doubles: z.array(z.string().regex(/^S\d+E\d+-E\d+$/)).default([]),
  /** Name of the box set that the series belongs to. */
  boxSet: z.string().optional(),
  /** Folder as the server sees it; `<library location>/<title> (<year>)` when left out. Ids follow from it. */
  path: z.string().optional(),
  /** Date on which the series came to the server. */
  addedOn: DATE.optional(),
  /** Air dates by episode in order, over all seasons; invented where left out or null. */
  airDates: z.array(DATE.nullable()).optional(),
});
export type CatalogSeries = z.output<typeof catalogSeriesSchema>;

/** Who watched what: a demo user with a history. */
export interface Viewer {
  readonly name: string;
  readonly isAdmin: boolean;
  /** Oldest first. */
  readonly plays: readonly ViewerPlays[];
}

/** What a viewer did with one series. */
export interface ViewerPlays {
  /** Index of the series in the catalog. */
  readonly series: number;
  readonly isFavorite: boolean;
  readonly episodes: readonly ViewerPlay[];
}

/** What a viewer did with one episode: watched it `count` times, or left it at `positionSeconds`. */
export interface ViewerPlay {
  /** Position over all seasons, from 1; specials are not counted. */
  readonly ordinal: number;
  /** Time of the last play in ms. */
  readonly at: number;
  readonly count: number;
  readonly positionSeconds: number;
}

/** A catalog and the people who watch it. */
export interface DemoData {
  readonly series: readonly CatalogSeries[];
  readonly viewers: readonly Viewer[];
}

/** The series that ship with the project. */
export async function loadShippedCatalog(): Promise<CatalogSeries[]> {
  const files = ['series-1.json', 'series-2.json'].map((name) => new URL(`catalog/${name}`, import.meta.url));
  const parts = await Promise.all(
    files.map(async (file) => z.array(catalogSeriesSchema).parse(JSON.parse(await readFile(file, 'utf8')))),
  );
  return parts.flat();
}
