import type { SeasonItem } from '../media-server/media-server.ts';
import { contentHash } from './content-hash.ts';

/** A season of the media server as it goes to the database. */
export interface SeasonRow {
  /** The item id of the series. */
  readonly seriesId: string;
  readonly number: number;
  readonly name: string | null;
  readonly overview: string | null;
  readonly premiereDate: string | null;
  readonly contentHash: string;
}

/** Turns a season into its row, or null when it does not say of which series it is or which number it has. */
export function seasonRow({ seriesId, number, name, overview, premiereDate }: SeasonItem): SeasonRow | null {
  if (seriesId === null || number === null) return null;
  const hash = contentHash(name, overview, premiereDate);
  return { seriesId, number, name, overview, premiereDate, contentHash: hash };
}
