import { z } from 'zod';
import { catalogSeriesSchema, type DemoData } from '../../../src/demo/catalog.ts';
import { type DemoServer, type DemoServerOptions, startDemoServer } from '../../../src/demo/server.ts';
import { createLogger } from '../../../src/platform/log.ts';

/** A small catalog with the oddities that real servers have, and three viewers. */
export function smallData(): DemoData {
  const series = [
    {
      title: 'The Lantern',
      year: 2015,
      endYear: 2016,
      status: 'Ended',
      network: 'Channel One',
      genres: ['Crime', 'Drama'],
      keywords: ['harbour'],
      officialRating: 'TV-MA',
      rating: 8.4,
      runtime: 50,
      seasons: [3, 2],
      specials: 1,
      tvdb: 1001,
      imdb: 'tt1001',
      overview: 'A keeper of a lighthouse solves a crime.',
    },
    {
      title: 'Comet & Sons',
      year: 2022,
      status: 'Continuing',
      officialRating: 'TV-PG',
      runtime: 25,
      seasons: [4],
      missing: 2,
      tvdb: 1002,
    },
    { title: 'Double Bill', year: 2010, seasons: [4], runtime: 30, doubles: ['S01E01-E02'], tmdb: 1003 },
    { title: 'Nameless Station', seasons: [2] },
    { title: 'Boxed One', year: 2001, seasons: [1], runtime: 20, boxSet: 'The Box' },
    { title: 'Boxed Two', year: 2002, seasons: [1], runtime: 20, boxSet: 'The Box' },
  ];
  const at = Date.parse('2026-03-01T20:00:00Z');
  const play = (ordinal: number) => ({ ordinal, at: at + ordinal * 1000, count: 1, positionSeconds: 0 });
  return {
    series: series.map((one) => catalogSeriesSchema.parse(one)),
    viewers: [
      {
        name: 'ada',
        isAdmin: true,
        plays: [
          { series: 0, isFavorite: true, episodes: [1, 2, 3, 4, 5].map(play) },
          {
            series: 1,
            isFavorite: false,
            episodes: [play(1), { ordinal: 2, at, count: 0, positionSeconds: 600 }],
          },
        ],
      },
      { name: 'ben', isAdmin: false, plays: [{ series: 0, isFavorite: false, episodes: [play(1)] }] },
      { name: 'cleo', isAdmin: false, plays: [] },
    ],
  };
}

/** An answer, read as text and where possible as JSON. */
interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Headers;
  /** Null when it is not JSON. */
  readonly body: unknown;
}

const itemSchema = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  Type: z.string(),
  SeriesId: z.string().optional(),
  ProviderIds: z.record(z.string(), z.string()).optional(),
  UserData: z.record(z.string(), z.unknown()).optional(),
});
const pageSchema = z.object({
  Items: z.array(itemSchema),
  TotalRecordCount: z.number(),
  StartIndex: z.number().optional(),
});
const namedSchema = z.looseObject({
  Name: z.string(),
  Id: z.string().optional(),
  ItemId: z.string().optional(),
});
const namedListSchema = z.union([
  z.array(namedSchema),
  z.object({ Items: z.array(namedSchema) }).transform((page) => page.Items),
]);

/** A demo server with the small catalog and a way to call it as the holder of its key. */
export interface DemoClient extends DemoServer {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  get(path: string): Promise<Reply>;
  /** A page of items, which must be one. */
  page(path: string): Promise<z.output<typeof pageSchema>>;
  /** Libraries, as the server lists them. */
  libraries(): Promise<z.output<typeof namedListSchema>>;
  /** Id of the library with that name. */
  libraryId(name?: string): Promise<string>;
  /** Id of the user with that name. */
  userId(name: string): Promise<string>;
}

/** Starts a demo server over the small catalog, on a clock that stands still. */
export async function startDemo(options: DemoServerOptions = {}): Promise<DemoClient> {
  const server = await startDemoServer({
    catalog: smallData(),
    now: () => new Date('2026-11-20T12:00:00Z'),
    log: createLogger('silent'),
    ...options,
  });
  const isEmby = options.dialect === 'emby';
  const own: Record<string, string> = isEmby
    ? { 'x-emby-token': server.apiKey }
    : { authorization: `MediaBrowser Token="${server.apiKey}"` };
  const call: DemoClient['call'] = async (method, path, body, headers = own) => {
    const response = await fetch(server.url + path, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const isJson = type.includes('json') && text !== '';
    return {
      status: response.status,
      type,
      text,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : null,
    };
  };
  const get: DemoClient['get'] = (path) => call('GET', path);
  const libraries = async () =>
    namedListSchema.parse((await get(`/Library/VirtualFolders${isEmby ? '/Query' : ''}`)).body);
  return {
    ...server,
    call,
    get,
    page: async (path) => pageSchema.parse((await get(path)).body),
    libraries,
    libraryId: async (name = 'Shows') =>
      given((await libraries()).find((one) => one.Name === name)?.ItemId, name),
    userId: async (name) => {
      const users = namedListSchema.parse((await get(`/Users${isEmby ? '/Query' : ''}`)).body);
      return given(users.find((user) => user.Name === name)?.Id, name);
    },
  };
}

/** The value, which must be there. */
export function given<Value>(value: Value | undefined | null, what: string): Value {
  if (value === undefined || value === null) throw new Error(`There is no ${what}.`);
  return value;
}
