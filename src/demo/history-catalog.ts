import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { ShowrunnerError } from '../platform/errors.ts';
import { airDays, dateOf, dayOf } from './air-schedule.ts';
import {
  type CatalogSeries,
  catalogSeriesSchema,
  type DemoData,
  type Viewer,
  type ViewerPlay,
} from './catalog.ts';
import { eveningOf } from './viewers.ts';

/** Episodes of a season when neither the catalog nor the histories say. */
const USUAL_SEASON = 10;

const lineSchema = z.object({
  id: z.number().int(),
  title: z.string(),
  year: z.number().int().nullable(),
  overview: z.string().nullable(),
  genres: z.array(z.string()),
  keywords: z.array(z.string()),
  network: z.array(z.string()),
  status: z.string().nullable(),
  rating: z.number().nullable(),
  seasons: z.number().int().nullable(),
  episodes: z.number().int().nullable(),
  imdb: z.string().nullable(),
  tmdb: z.number().int().nullable(),
});
type Line = z.output<typeof lineSchema>;

interface History {
  /** user -> series id -> ordinal -> times and last day */
  readonly users: Map<string, Map<number, Map<number, { count: number; day: number }>>>;
  /** series id -> ordinal - 1 -> first day on which anybody watched it */
  readonly firstWatched: Map<number, number[]>;
}

/**
 * Loads a folder with `catalog.jsonl.gz` (one series a line) and `dev/events.csv.gz` (one watched episode a row:
 * `user,series,episodeOrdinal,date,fold`). Every user of the events becomes a viewer, and `admin` is added.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION` when the catalog is not there
 */
export async function loadHistoryCatalog(folder: string): Promise<DemoData> {
  const catalogFile = join(folder, 'catalog.jsonl.gz');
  if (!existsSync(catalogFile)) {
    throw new ShowrunnerError('BAD_CONFIGURATION', 'The catalog folder has no catalog.jsonl.gz.', {
      field: 'catalog',
      value: folder,
      remedy: 'Name a folder with catalog.jsonl.gz and, for viewers, dev/events.csv.gz.',
    });
  }
  const history = await readHistory(join(folder, 'dev', 'events.csv.gz'));
  const series: CatalogSeries[] = [];
  const positions = new Map<number, number>();
  for (const text of await linesOf(catalogFile)) {
    const line = lineSchema.parse(JSON.parse(text));
    positions.set(line.id, series.length);
    series.push(toSeries(line, history.firstWatched.get(line.id) ?? []));
  }
  return { series, viewers: [{ name: 'admin', isAdmin: true, plays: [] }, ...toViewers(history, positions)] };
}

async function readHistory(file: string): Promise<History> {
  const history: History = { users: new Map(), firstWatched: new Map() };
  if (!existsSync(file)) return history;
  const [, ...rows] = await linesOf(file);
  for (const line of rows) {
    const [user, seriesText, ordinalText, date] = line.split(',');
    const series = Number(seriesText);
    const ordinal = Number(ordinalText);
    const day = dayOf(date ?? '');
    if (!user || !Number.isInteger(series) || !(ordinal >= 1) || !Number.isInteger(day)) {
      throw new ShowrunnerError('BAD_INPUT', 'A row of the history is malformed.', {
        field: 'events',
        value: line,
      });
    }
    const ofUser = getOrAdd(history.users, user, () => new Map());
    const play = getOrAdd(
      getOrAdd(ofUser, series, () => new Map()),
      ordinal,
      () => ({ count: 0, day }),
    );
    play.count++;
    play.day = Math.max(play.day, day);
    const first = getOrAdd(history.firstWatched, series, () => []);
    first[ordinal - 1] = Math.min(first[ordinal - 1] ?? day, day);
  }
  return history;
}

function toSeries(line: Line, firstWatched: readonly number[]): CatalogSeries {
  const seasonCount = Math.max(1, line.seasons ?? 1);
  const total = Math.max(line.episodes ?? seasonCount * USUAL_SEASON, firstWatched.length, seasonCount);
  const seasons = Array.from(
    { length: seasonCount },
    (_, index) => Math.floor(((index + 1) * total) / seasonCount) - Math.floor((index * total) / seasonCount),
  );
  const { airDates, earliest } = airedBeforeWatched(line, seasons, firstWatched);
  return catalogSeriesSchema.parse({
    ...line,
    status: line.status === 'Ended' || line.status === 'Continuing' ? line.status : null,
    network: line.network[0] ?? null,
    tvdb: null,
    seasons,
    runtime: 45,
    ...(airDates && { airDates }),
    ...(earliest !== null && { addedOn: dateOf(earliest) }),
  });
}

/** Air dates are invented, so they give way to the histories: nothing is watched before it aired. */
function airedBeforeWatched(line: Line, seasons: readonly number[], firstWatched: readonly number[]) {
  if (firstWatched.length === 0) return { airDates: null, earliest: null };
  const days: (number | null)[] = airDays(line.title, line.year, null, seasons);
  let bound = Number.POSITIVE_INFINITY;
  for (let index = firstWatched.length - 1; index >= 0; index--) {
    bound = Math.min(bound, firstWatched[index] ?? bound);
    days[index] = Math.min(days[index] ?? bound, bound);
  }
  return { airDates: days.map((day) => (day === null ? null : dateOf(day))), earliest: bound };
}

function toViewers(history: History, positions: ReadonlyMap<number, number>): Viewer[] {
  return [...history.users].map(([name, bySeries]) => ({
    name,
    isAdmin: false,
    plays: [...bySeries].flatMap(([id, byOrdinal]) => {
      const series = positions.get(id);
      if (series === undefined) return [];
      const episodes = [...byOrdinal].map(([ordinal, play]): ViewerPlay => {
        return { ordinal, at: eveningOf(play.day, ordinal), count: play.count, positionSeconds: 0 };
      });
      return [{ series, isFavorite: false, episodes }];
    }),
  }));
}

async function linesOf(file: string): Promise<string[]> {
  const text = await promisify(gunzip)(await readFile(file));
  return text
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const present = map.get(key);
  if (present !== undefined) return present;
  const added = make();
  map.set(key, added);
  return added;
}
