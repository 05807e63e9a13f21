import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../platform/database.ts';
import { afterKey, jsonPage, type KeyOrder, orderByKey, type Page } from '../platform/json-pages.repo.ts';
import { column, jsonStatement, readJson, type Shapes } from '../platform/json-shapes.repo.ts';
import type { Selection } from '../platform/selection.ts';
import { prefixQuery } from './search-query.ts';
import type { SeriesStatus } from './series-reads.repo.ts';

/** Orders of the series list; `RELEVANCE` ranks by a search. */
export type SeriesOrder = 'NAME' | 'YEAR' | 'RATING' | 'ADDED' | 'RELEVANCE';

/** Which series to list. Of each list any value may match, an empty one filters nothing; all that is given must hold. */
interface SeriesFilter {
  readonly genres?: readonly string[] | null | undefined;
  readonly networks?: readonly string[] | null | undefined;
  readonly statuses?: readonly SeriesStatus[] | null | undefined;
  readonly yearFrom?: number | null | undefined;
  readonly yearTo?: number | null | undefined;
  /** 0..10 */
  readonly minRating?: number | null | undefined;
  /** Also series that have gone from the media server. */
  readonly includeRemoved?: boolean | null | undefined;
  readonly libraryId?: number | null | undefined;
}

/** One page of the series list. */
export interface SeriesListQuery {
  readonly first: number;
  /** Sort value and id of the last row of the page before. */
  readonly after: readonly [string | number | null, number] | null;
  readonly search: string | null;
  readonly filter: SeriesFilter;
  readonly order: SeriesOrder;
  readonly descending: boolean;
  /** Conditions of other domains on the title's row, such as what a user watched. */
  readonly conditions: readonly ((row: string) => SQL)[];
}

/** Reads one page of series in one statement. */
export async function listSeries<Row extends object>(
  db: Database,
  shapes: Shapes,
  query: SeriesListQuery,
  selection: Selection,
): Promise<Page<Row>> {
  const statement = jsonStatement(shapes);
  const row = statement.row();
  const search = query.search === null ? null : sql`to_tsquery('simple', ${prefixQuery(query.search)})`;
  const order = {
    ...sortValue(query.order, row, search),
    id: column(row, 'id'),
    descending: query.descending,
  };
  const page = jsonPage(statement, {
    shape: 'Series',
    table: 'titles',
    row,
    where: sql.join(conditionsOf(query, row, search), sql.raw(' and ')),
    after: query.after ? afterKey(order, query.after) : null,
    orderBy: orderByKey(order),
    key: [order.value, order.id],
    first: query.first,
    selection,
  });
  return (await readJson<Page<Row>>(db, page)) ?? {};
}

function sortValue(order: SeriesOrder, row: string, search: SQL | null): Omit<KeyOrder, 'id' | 'descending'> {
  switch (order) {
    case 'NAME':
      return { value: column(row, 'sort_name'), type: 'text', nullable: false };
    case 'YEAR':
      return { value: column(row, 'year'), type: 'int', nullable: true };
    case 'RATING':
      return { value: column(row, 'community_rating'), type: 'real', nullable: true };
    case 'ADDED':
      return { value: column(row, 'added_at'), type: 'timestamptz', nullable: true };
    case 'RELEVANCE':
      if (!search) throw new TypeError('Ranking by relevance needs a search.');
      return { value: sql`ts_rank(${column(row, 'search')}, ${search})`, type: 'real', nullable: false };
  }
}

function conditionsOf(query: SeriesListQuery, row: string, search: SQL | null): SQL[] {
  const { filter } = query;
  const conditions = [sql`${column(row, 'kind')} = 'series'`];
  if (!filter.includeRemoved) conditions.push(sql`${column(row, 'removed_at')} is null`);
  if (search) conditions.push(sql`${column(row, 'search')} @@ ${search}`);
  if (filter.genres?.length) conditions.push(sql`${column(row, 'genres')} && ${texts(filter.genres)}`);
  if (filter.networks?.length) conditions.push(sql`${column(row, 'networks')} && ${texts(filter.networks)}`);
  if (filter.statuses?.length)
    conditions.push(sql`${column(row, 'status')} = any(${texts(filter.statuses)})`);
  if (filter.yearFrom != null) conditions.push(sql`${column(row, 'year')} >= ${filter.yearFrom}::int`);
  if (filter.yearTo != null) conditions.push(sql`${column(row, 'year')} <= ${filter.yearTo}::int`);
  if (filter.minRating != null)
    conditions.push(sql`${column(row, 'community_rating')} >= ${filter.minRating}::real`);
  if (filter.libraryId != null) {
    const present = filter.includeRemoved ? sql.empty() : sql` and c.removed_at is null`;
    conditions.push(
      sql`exists (select 1 from title_copies c where c.title_id = ${column(row, 'id')} and c.library_id = ${filter.libraryId}::int${present})`,
    );
  }
  return [...conditions, ...query.conditions.map((condition) => condition(row))];
}

function texts(values: readonly string[]): SQL {
  return sql`array(select json_array_elements_text(${JSON.stringify(values)}::json))`;
}

/** A genre and how many series have it. */
export interface GenreCount {
  readonly genre: string;
  readonly seriesCount: number;
}

/** Genres of the series that are on the server, the most frequent first. */
export async function countGenres(db: Database): Promise<GenreCount[]> {
  return db.rows<{ genre: string; seriesCount: number }>(sql`
    select g.genre, count(distinct t.id)::int as "seriesCount"
    from titles t cross join lateral unnest(t.genres) as g(genre)
    where t.kind = 'series' and t.removed_at is null
    group by g.genre order by 2 desc, 1`);
}
