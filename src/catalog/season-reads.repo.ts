import { sql } from 'drizzle-orm';
import { jsonList, type Link, type Shape } from '../platform/json-shapes.repo.ts';

/** A season as read for the API; only the selected fields are there. */
export interface SeasonRow {
  readonly number: number;
  readonly name: string | null;
  readonly overview: string | null;
  /** `yyyy-mm-dd` */
  readonly premiereDate: string | null;
  readonly episodeCount: number;
}

/** Columns of a season and the way to its episodes. */
export const seasonShape: Shape = {
  columns: {
    number: 'number',
    name: 'name',
    overview: 'overview',
    premiereDate: 'premiere_date',
    episodeCount: (row) => sql`(select count(*)::int from episodes e where ${inSeason('e', row)})`,
  },
  links: {
    episodes: (statement, season, request) => {
      const row = statement.row();
      const item = statement.object('Episode', row, request.selection);
      return jsonList(
        sql`select ${item} as item from ${sql.raw(`episodes ${row}`)} where ${inSeason(row, season)} order by ${sql.raw(`${row}.number nulls last, ${row}.id`)}`,
      );
    },
  },
};

/** All seasons of a title that are on the server: by number, specials last. */
export const seasonsOfTitle: Link = (statement, title, request) => {
  const row = statement.row();
  const item = statement.object('Season', row, request.selection);
  return jsonList(
    sql`select ${item} as item from ${sql.raw(`seasons ${row}`)} where ${sql.raw(`${row}.title_id = ${title}.id and ${row}.removed_at is null order by ${row}.number = 0, ${row}.number`)}`,
  );
};

function inSeason(episode: string, season: string) {
  return sql.raw(
    `${episode}.title_id = ${season}.title_id and ${episode}.season_number = ${season}.number and ${episode}.removed_at is null`,
  );
}
