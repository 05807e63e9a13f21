import type { GraphQLResolveInfo } from 'graphql';
import type { Evidence as StoredEvidence } from '../drizzle/tables/recommendations.ts';
import { readObjects } from '../src/platform/json-shapes.repo.ts';
import { EMPTY_SELECTION, mergeSelections, type Selection } from '../src/platform/selection.ts';
import type { SelectionSettings } from '../src/recommendations/selection-settings.ts';
import type { ApiContext } from './context.ts';
import type * as rows from './rows.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';

/** What verbs that compute an answer for a request are given. */
export function computing({ db, now, services }: ApiContext): {
  readonly db: ApiContext['db'];
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly selection: SelectionSettings;
} {
  return { db, now, signal: new AbortController().signal, selection: services.recommendations };
}

/** The objects that a computed answer names, read in one statement with what the query selects of them anywhere. */
export interface Named {
  series(titleId: number): rows.Series;
  user(userId: number): rows.User;
  /** A reason with the watched series that it names. */
  evidence(stored: StoredEvidence): rows.Evidence;
}

/**
 * Reads the series and users that a computed answer names by id: all that the query selects below fields of the names
 * `series` and `user`, however deep, merged.
 */
export async function readNamed(
  { db }: ApiContext,
  info: GraphQLResolveInfo,
  ids: { readonly series: readonly number[]; readonly users?: readonly number[] },
): Promise<Named> {
  const selection = selectionOf(info);
  const query = (shape: string, field: string, wanted: readonly number[]) => ({
    shape,
    ids: [...new Set(wanted)],
    selection: belowAll(selection, field),
  });
  const series = await readObjects<rows.Series>(db, shapes, [query('Series', 'series', ids.series)]);
  const users = ids.users ? await readObjects<rows.User>(db, shapes, [query('User', 'user', ids.users)]) : {};
  const seriesOf = (titleId: number) => series.Series?.[String(titleId)];
  return {
    series: (titleId) => found(seriesOf(titleId)),
    user: (userId) => found(users.User?.[String(userId)]),
    evidence: ({ kind, titleId, traits = [], count = null, weight }) => ({
      kind,
      traits,
      count,
      weight,
      series: (titleId !== undefined && seriesOf(titleId)) || null,
    }),
  };
}

/** Ids of the watched series that reasons name. */
export function namedSeries(evidence: readonly StoredEvidence[]): number[] {
  return evidence.flatMap(({ titleId }) => (titleId === undefined ? [] : [titleId]));
}

function found<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new TypeError('What an answer names went away while it was computed.');
  return row;
}

/** What is selected below every field of the name, nested as deep as may be, but not inside other series and users. */
function belowAll(selection: Selection, field: string): Selection {
  let merged = EMPTY_SELECTION;
  for (const nested of selection.nested.values()) {
    if (nested.field === field) merged = mergeSelections(merged, nested.selection);
    else if (nested.field !== 'series' && nested.field !== 'user')
      merged = mergeSelections(merged, belowAll(nested.selection, field));
  }
  return merged;
}
