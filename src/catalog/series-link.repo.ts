import { sql } from 'drizzle-orm';
import { jsonOne, type Link } from '../platform/json-shapes.repo.ts';

/** Link to the series whose id the SQL expression `titleId` gives for a row; null when there is none. */
export function seriesBy(titleId: (row: string) => string): Link {
  return (statement, row, request) =>
    jsonOne(statement, {
      shape: 'Series',
      table: 'titles',
      where: (title) => sql.raw(`${title}.id = ${titleId(row)}`),
      selection: request.selection,
    });
}
