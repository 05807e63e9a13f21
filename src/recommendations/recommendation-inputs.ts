import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CandidateTitle, candidateTitles } from '../catalog/catalog-snapshot.repo.ts';
import { type ActiveVectors, activeVectors } from '../embeddings/active-vectors.repo.ts';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { tasteProfile } from '../taste/taste-profile.ts';
import {
  type EnabledUser,
  enabledUsers,
  type SeriesStateRow,
  seriesStatesOf,
} from '../watch/watch-snapshot.repo.ts';
import { type Audience, buildAudience, type ViewerTaste, viewerTaste } from './audience.ts';
import type { DenseVectors } from './dense-vectors.ts';
import { inputHash } from './input-hash.ts';
import { buildLibrary, type Library } from './library.ts';
import { removedBegunTitles, titleFolders } from './recommendations.repo.ts';
import { type Scorer, scorerFor } from './weights.ts';

/** Everything recommendations are made of, read once for all users. */
export interface RecommendationInputs {
  /** Titles on the media server now. */
  readonly titles: readonly CandidateTitle[];
  /** `titles`, and those that left it and were begun by somebody. */
  readonly knownTitles: readonly CandidateTitle[];
  readonly users: readonly EnabledUser[];
  readonly states: ReadonlyMap<number, readonly SeriesStateRow[]>;
  readonly foldersOf: ReadonlyMap<number, readonly string[]>;
  /** The embedding model in use; null when none is active. */
  readonly model: string | null;
  readonly scorer: Scorer;
  /** Hash of all of the above but the users. */
  readonly hash: string;
  readonly library: Library;
  readonly audience: Audience;
  readonly tastes: ReadonlyMap<number, ViewerTaste>;
}

/**
 * Loads the catalog, all histories and the active vectors, and prepares them for scoring.
 *
 * @param userIds the users to pick for; all enabled ones when left out
 * @throws ShowrunnerError `PREREQUISITE_MISSING` when there is no title, `NOT_FOUND` for an id that is no enabled user
 */
export async function loadRecommendationInputs(
  context: VerbContext,
  userIds: readonly number[] | undefined,
): Promise<RecommendationInputs> {
  const { db, signal } = context;
  const titles = await candidateTitles(db);
  signal.throwIfAborted();
  if (titles.length === 0)
    throw new ShowrunnerError('PREREQUISITE_MISSING', 'There is no series to recommend yet.', {
      remedy: 'Run sync-series first.',
    });
  const users = await enabledUsers(db, userIds);
  requireUsers(userIds, users);
  const knownTitles = [...titles, ...(await removedBegunTitles(db))];
  const states = byUser(await seriesStatesOf(db));
  const foldersOf = await titleFolders(db);
  signal.throwIfAborted();
  const vectors = await activeVectors(db, signal);
  signal.throwIfAborted();
  const scorer = scorerFor(vectors?.model ?? null);
  const pause = async () => {
    await nextTurn();
    signal.throwIfAborted();
  };
  const library = await buildLibrary(
    knownTitles.map(scorable),
    vectors && rowsOf(vectors, knownTitles),
    pause,
  );
  const tastes = new Map([...states].map(([id, own]) => [id, viewerTaste(library, tasteProfile(own))]));
  return {
    titles,
    knownTitles,
    users,
    states,
    foldersOf,
    model: vectors?.model ?? null,
    scorer,
    hash: inputHash([knownTitles, titles.length, [...states], scorer.version], vectors),
    library,
    audience: buildAudience(library, [...tastes.values()]),
    tastes,
  };
}

function requireUsers(userIds: readonly number[] | undefined, users: readonly EnabledUser[]): void {
  const missing = userIds?.find((id) => !users.some((user) => user.id === id));
  if (missing === undefined) return;
  throw new ShowrunnerError('NOT_FOUND', `There is no user ${missing} with recommendations enabled.`, {
    field: 'userIds',
    value: String(missing),
    remedy: 'Enable recommendations for the user, or leave the user out.',
  });
}

function byUser(states: readonly SeriesStateRow[]): Map<number, SeriesStateRow[]> {
  const groups = new Map<number, SeriesStateRow[]>();
  for (const state of states) {
    const own = groups.get(state.userId);
    if (own) own.push(state);
    else groups.set(state.userId, [state]);
  }
  return groups;
}

function scorable(title: CandidateTitle) {
  return { ...title, rating: title.communityRating };
}

/** The vectors in the order of the titles; zeros for a title without one. */
function rowsOf(vectors: ActiveVectors, titles: readonly CandidateTitle[]): DenseVectors {
  const { dimensions, matrix } = vectors;
  const values = new Float32Array(titles.length * dimensions);
  const rowOf = new Map(Array.from(vectors.titleIds, (titleId, row) => [titleId, row]));
  for (const [index, title] of titles.entries()) {
    const row = rowOf.get(title.id);
    if (row !== undefined)
      values.set(matrix.subarray(row * dimensions, (row + 1) * dimensions), index * dimensions);
  }
  return { rowCount: titles.length, dimensions, values };
}
