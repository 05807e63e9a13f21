import { z } from 'zod';
import { type CatalogSeries, catalogSeriesSchema } from './catalog.ts';
import { type Faults, faultsSchema } from './faults.ts';
import { type Answer, json, noContent, Refusal } from './http.ts';
import type { Episode, Series } from './items.ts';
import { findEntry, type MediaState, rebuildSource, sourceLibrary, withPath } from './media-state.ts';
import { markPlayed, markUnplayed, setPlayState, stopPlayback } from './play-states.ts';
import type { RequestLog } from './request-log.ts';
import type { DemoUser } from './users.ts';
import { sendWebhooks } from './webhooks.ts';

/** What the control paths work on. */
export interface Control {
  readonly state: MediaState;
  readonly faults: Faults;
  readonly requests: RequestLog;
}

/** A request to a control path. */
export interface ControlCall {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly body: unknown;
}

/**
 * Answers the paths under `/demo/`, which no real server has: they set faults, tell what was requested, and change the
 * catalog and play states while the server runs. They need no key; the server listens on loopback only.
 */
export function handleControl(control: Control, call: ControlCall): Answer {
  const { state, faults, requests } = control;
  switch (`${call.method} ${call.path}`) {
    case 'POST /demo/faults':
      faults.set(parse(faultsSchema, call.body ?? {}));
      return noContent();
    case 'GET /demo/requests':
      return json(requests.report(call.parameters.get('match')));
    case 'DELETE /demo/requests':
      requests.clear();
      return noContent();
    case 'POST /demo/catalog':
      return json(changeCatalog(state, parse(catalogChangeSchema, call.body)));
    case 'POST /demo/play':
      return json(play(state, parse(playsSchema, call.body)));
    case 'POST /demo/webhook':
      state.webhookUrl = parse(webhookSchema, call.body).url;
      return noContent();
    case 'GET /demo/warnings':
      return json(state.scanWarnings);
    default:
      throw new Refusal(404, 'There is no such control path.');
  }
}

const nameSchema = z.object({ title: z.string(), year: z.number().int().nullish() });
const catalogChangeSchema = z.object({
  add: z.array(catalogSeriesSchema).default([]),
  remove: z.array(nameSchema).default([]),
  change: z.array(nameSchema.extend({ set: z.record(z.string(), z.unknown()) })).default([]),
});

/** Adds, removes and changes series; a changed one keeps its ids, unless `path` is among what is set. */
function changeCatalog(state: MediaState, input: z.output<typeof catalogChangeSchema>) {
  for (const { title, year } of input.remove) state.entries.splice(positionOf(state, title, year), 1);
  for (const { title, year, set } of input.change) {
    const position = positionOf(state, title, year);
    const before = state.entries[position];
    if (before) state.entries[position] = parse(catalogSeriesSchema, { ...withPath(state, before), ...set });
  }
  state.entries.push(...input.add);
  rebuildSource(state);
  return { series: state.entries.length, episodes: sourceLibrary(state).episodes.length };
}

function positionOf(state: MediaState, title: string, year: CatalogSeries['year'] | undefined): number {
  const position = findEntry(state, title, year);
  if (position === -1) throw new Refusal(404, `The catalog has no "${title}".`);
  return position;
}

/** Where to send webhooks of plays, as the servers' plugins would; null ends it. */
const webhookSchema = z.object({ url: z.url().nullable() });

const playSchema = z.object({
  user: z.string(),
  /** Any item's id; or a series by title, with `season` and `episode` for one of its episodes. */
  itemId: z.string().optional(),
  title: z.string().optional(),
  year: z.number().int().optional(),
  season: z.number().int().min(0).optional(),
  episode: z.number().int().min(0).optional(),
  /** `stop` ends a playback at `positionSeconds`, as a player would report it. */
  action: z.enum(['play', 'unplay', 'stop', 'favorite', 'unfavorite']).default('play'),
  positionSeconds: z.number().min(0).default(0),
  /** ISO 8601; now when left out. */
  at: z.iso.datetime().optional(),
});
const playsSchema = z.union([z.array(playSchema), playSchema.transform((one) => [one])]);

function play(state: MediaState, plays: z.output<typeof playsSchema>) {
  for (const input of plays) {
    const user = state.users.find((one) => one.name === input.user || one.id === input.user);
    if (!user) throw new Refusal(404, `There is no user "${input.user}".`);
    apply(state, user, input, findItem(state, input));
  }
  return { plays: plays.length };
}

function apply(
  state: MediaState,
  user: DemoUser,
  input: z.output<typeof playSchema>,
  item: Series | Episode,
): void {
  const at = input.at === undefined ? state.now().getTime() : Date.parse(input.at);
  switch (input.action) {
    case 'play':
      markPlayed(state, user, item, at);
      sendWebhooks(state, user, item, 'played');
      break;
    case 'unplay':
      markUnplayed(state, user, item);
      sendWebhooks(state, user, item, 'unplayed');
      break;
    case 'stop':
      if (item.kind !== 'Episode') throw new Refusal(400, 'Only an episode can be stopped.');
      stopPlayback(state, user, item, Math.round(input.positionSeconds * 10_000_000), at);
      sendWebhooks(state, user, item, 'stopped');
      break;
    case 'favorite':
    case 'unfavorite':
      setPlayState(state, user, item, { isFavorite: input.action === 'favorite' });
  }
}

function findItem(state: MediaState, input: z.output<typeof playSchema>): Series | Episode {
  const series = sourceLibrary(state).series.find(
    (one) => one.name === input.title && (input.year === undefined || one.year === input.year),
  );
  const episode = series?.episodes.find(
    (one) => one.season.number === input.season && one.number === input.episode,
  );
  const byName = input.episode === undefined ? series : episode;
  const item = input.itemId === undefined ? byName : state.items.get(input.itemId);
  if (item?.kind === 'Series' || item?.kind === 'Episode') return item;
  throw new Refusal(404, 'There is no such series or episode.');
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, z.prettifyError(parsed.error));
}
