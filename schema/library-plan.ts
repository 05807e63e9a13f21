import { z } from 'zod';
import { type LibraryPreview, previewLibrary } from '../src/library-writer/preview-library.ts';
import type { Database } from '../src/platform/database.ts';
import { readObjects } from '../src/platform/json-shapes.repo.ts';
import {
  EMPTY_SELECTION,
  mergeSelections,
  type Selection,
  selectionBelow,
} from '../src/platform/selection.ts';
import { builder } from './builder.ts';
import { globalId } from './global-id.ts';
import { parseInput } from './input.ts';
import { LibraryPlan, type LibraryPlanRow, type PlannedSeries } from './library-plan-types.ts';
import { withMediaServer } from './media-server-call.ts';
import type * as rows from './rows.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';

const Arguments = z.object({ userId: globalId('User') });

builder.queryField('libraryPlan', (t) =>
  t.field({
    type: LibraryPlan,
    description:
      "What the next run would change in a user's library, computed from the disk and the media server as they are, " +
      'without writing anything. Fails with the code NOT_FOUND for an unknown user.',
    args: { userId: t.arg.id({ required: true, description: 'Id of a User.' }) },
    authScopes: { role: 'OPERATOR' },
    resolve: async (_root, args, context, info) => {
      const { userId } = parseInput(Arguments, args);
      const preview = await withMediaServer(context, (server) => previewLibrary(server, { userId }));
      return withSeries(context.db, preview, selectionOf(info));
    },
  }),
);

/** Puts the rows of its series into a plan, all read by one statement. */
async function withSeries(
  db: Database,
  { series, ...plan }: LibraryPreview,
  selection: Selection,
): Promise<LibraryPlanRow> {
  const lists = ['added', 'removed', 'moved'] as const;
  const wanted = lists
    .map((list) => selectionBelow(selection, list))
    .map((list) => (list && selectionBelow(list, 'series')) ?? EMPTY_SELECTION)
    .reduce(mergeSelections);
  const ids = lists.flatMap((list) => series[list].map(({ titleId }) => titleId));
  const query = { shape: 'Series', ids, selection: wanted };
  const found = ids.length > 0 ? (await readObjects<rows.Series>(db, shapes, [query])).Series : {};
  const toRow = (one: { titleId: number; rank: number }, previousRank: number | null): PlannedSeries[] => {
    const row = found?.[String(one.titleId)];
    return row ? [{ series: row, rank: one.rank, previousRank }] : [];
  };
  return {
    ...plan,
    added: series.added.flatMap((one) => toRow(one, null)),
    removed: series.removed.flatMap((one) => toRow(one, one.rank)),
    moved: series.moved.flatMap((one) => toRow(one, one.previousRank)),
    seriesKept: series.kept,
  };
}
