import { hash } from 'node:crypto';
import { msOf } from './air-schedule.ts';
import type { PageQuery } from './item-query.ts';
import { type Item, itemName } from './items.ts';
import type { MediaState } from './media-state.ts';
import type { DemoUser } from './users.ts';

/** What a list item is written from. */
export interface DtoContext {
  readonly state: MediaState;
  readonly user: DemoUser | null;
  readonly page: Pick<PageQuery, 'fields' | 'withUserData'>;
  /** A single item is answered with everything, whatever `fields` says. */
  readonly isWhole: boolean;
}

/** A JSON object in the making. */
export type Dto = Record<string, unknown>;

/** 100 ns ticks of seconds; undefined, and so left out, when unknown. */
export function ticks(seconds: number | null): number | undefined {
  return seconds === null ? undefined : Math.round(seconds * 10_000_000);
}

/** Time as both servers write it: seven decimals, UTC. */
export function dotnetDate(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '0000Z');
}

/** Midnight of a day as both servers write it; undefined when unknown. */
export function dotnetDay(day: number | null): string | undefined {
  return day === null ? undefined : dotnetDate(msOf(day));
}

/** A value that changes whenever the item does. */
export function etag(item: Item): string {
  const parts: unknown[] = [item.id, itemName(item)];
  if (item.kind === 'Series') {
    parts.push(item.overview, item.status, item.genres, item.rating, item.providerIds, item.episodes.length);
  }
  if (item.kind === 'Episode') parts.push(item.overview, item.airDay, item.number, item.numberEnd);
  return hash('md5', JSON.stringify(parts));
}

/** Writes a field when it was asked for. */
export function isAsked(context: DtoContext, field: string): boolean {
  return context.isWhole || context.page.fields.has(field.toLowerCase());
}
