import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Evidence, ScorePart } from '../../drizzle/tables/recommendations.ts';
import { seriesBy } from '../catalog/series-link.repo.ts';
import { column, jsonList, jsonOne, type Link, linkWith, type Shape } from '../platform/json-shapes.repo.ts';

/** A user's current recommendations as read for the API; only the selected fields are there, and always the owner. */
export interface RecommendationSetRow {
  readonly id: number;
  readonly userId: number;
  /** RFC 3339 */
  readonly generatedAt: string;
  readonly weightsVersion: string;
  readonly model: string | null;
  readonly candidateCount: number;
  readonly historyCount: number;
}

/** A recommended series as read for the API; only the selected fields are there. */
export interface PickRow {
  readonly rank: number;
  readonly score: number;
  readonly parts: readonly ScorePart[];
  readonly explanation: string | null;
  readonly explanationSource: 'TEMPLATE' | 'LANGUAGE_MODEL' | null;
  readonly isRewatch: boolean;
}

/** A reason of a pick as read for the API; only the selected fields are there. */
export interface EvidenceRow {
  readonly kind: Evidence['kind'];
  readonly traits: readonly string[];
  readonly count: number | null;
  readonly weight: number;
}

const PicksArguments = z.object({ first: z.number() });

/** Columns of a recommendation set and the way to its picks. */
export const recommendationSetShape: Shape = {
  table: 'recommendation_sets',
  always: ['id', 'userId'],
  columns: {
    id: 'id',
    userId: 'user_id',
    generatedAt: 'generated_at',
    weightsVersion: 'weights_version',
    model: 'model',
    candidateCount: 'candidate_count',
    historyCount: 'history_count',
  },
  links: {
    picks: linkWith(PicksArguments, (statement, set, { first }, selection) => {
      const row = statement.row();
      const item = statement.object('Pick', row, selection);
      return jsonList(
        sql`select ${item} as item from ${sql.raw(`picks ${row}`)} where ${column(row, 'set_id')} = ${column(set, 'id')} order by ${column(row, 'rank')} limit ${first}`,
      );
    }),
  },
};

/** Something of a pick's explanation, for a user who wants explanations now, whatever they wanted when it was made. */
const ifWanted = (row: string, what: string) =>
  sql.raw(`case when ${row}.explanation is not null and (
    select u.explanations_enabled from recommendation_sets s join media_users u on u.id = s.user_id
    where s.id = ${row}.set_id) then ${what} end`);

/** Columns of a pick and the ways to its series and its reasons. */
export const pickShape: Shape = {
  columns: {
    rank: 'rank',
    score: 'score',
    explanation: (row) => ifWanted(row, `${row}.explanation`),
    explanationSource: (row) => ifWanted(row, `coalesce(${row}.explanation_source, 'TEMPLATE')`),
    isRewatch: 'is_rewatch',
  },
  links: {
    parts: (_statement, row) => column(row, 'parts'),
    series: seriesBy((row) => `${row}.title_id`),
    evidence: (statement, pick, request) => {
      const row = statement.row();
      const item = statement.object('Evidence', row, request.selection);
      return jsonList(
        sql`select ${item} as item from ${sql.raw(`jsonb_array_elements(${pick}.evidence) with ordinality ${row}(item, position)`)} order by ${column(row, 'position')}`,
      );
    },
  },
};

/** Fields of a stored reason, and the way to the watched series it names. */
export const evidenceShape: Shape = {
  columns: {
    kind: (row) => sql.raw(`${row}.item->'kind'`),
    traits: (row) => sql.raw(`coalesce(${row}.item->'traits', '[]'::jsonb)`),
    count: (row) => sql.raw(`${row}.item->'count'`),
    weight: (row) => sql.raw(`${row}.item->'weight'`),
  },
  links: { series: seriesBy((row) => `(${row}.item->>'titleId')::int`) },
};

/** Of a user: the current recommendation set, null before the first. */
export const currentSetOfUser: Link = (statement, user, request) =>
  jsonOne(statement, {
    shape: 'RecommendationSet',
    table: 'recommendation_sets',
    where: (row) => sql.raw(`${row}.user_id = ${user}.id and ${row}.is_current`),
    selection: request.selection,
  });
