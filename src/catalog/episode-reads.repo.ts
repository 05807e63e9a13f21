import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { jsonPage } from '../platform/json-pages.repo.ts';
import { column, type Link, linkWith, type Shape } from '../platform/json-shapes.repo.ts';
import { seriesBy } from './series-link.repo.ts';

/** An episode as read for the API; only the selected fields are there. */
export interface EpisodeRow {
  readonly id: number;
  readonly seasonNumber: number;
  readonly number: number | null;
  readonly name: string | null;
  readonly overview: string | null;
  /** `yyyy-mm-dd` */
  readonly airDate: string | null;
  readonly runtimeMs: number | null;
}

/** `after` is the key of an episode in its series' order: it fits any series, so one cursor pages several at once. */
const PageArguments = z.object({
  first: z.number(),
  after: z.tuple([z.number(), z.number().nullable(), z.number()]).nullable(),
});

/** Stands for the missing number of an unnumbered extra: such episodes come last in their season. */
const UNNUMBERED = 2_147_483_647;

/** Columns of an episode. */
export const episodeShape: Shape = {
  table: 'episodes',
  always: ['id'],
  columns: {
    id: 'id',
    seasonNumber: 'season_number',
    number: 'number',
    name: 'name',
    overview: 'overview',
    airDate: 'air_date',
    runtimeMs: 'runtime_ms',
  },
  links: {
    series: seriesBy((row) => `${row}.title_id`),
  },
};

/** A page of the episodes of a title that are on the server: regular seasons first, then specials. */
export const episodesOfTitle: Link = linkWith(
  PageArguments,
  (statement, title, { first, after }, selection) => {
    const row = statement.row();
    const order = sql.raw(
      `(${row}.season_number = 0), ${row}.season_number, coalesce(${row}.number, ${UNNUMBERED}), ${row}.id`,
    );
    return jsonPage(statement, {
      shape: 'Episode',
      table: 'episodes',
      row,
      where: sql.raw(`${row}.title_id = ${title}.id and ${row}.removed_at is null`),
      after:
        after &&
        sql`(${order}) > (${after[0] === 0}::boolean, ${after[0]}::int, ${after[1] ?? UNNUMBERED}::int, ${after[2]}::int)`,
      orderBy: order,
      key: [column(row, 'season_number'), column(row, 'number'), column(row, 'id')],
      first,
      selection,
    });
  },
);
