import type { EnrichedTitle } from '../enrichment/enriched-titles.repo.ts';
import { type Audience, buildAudience, type ViewerTaste } from './audience.ts';
import type { ScorableTitle } from './content-vectors.ts';
import type { DenseVectors } from './dense-vectors.ts';
import { buildLibrary, type Library } from './library.ts';
import { inTurns, type Pause, type Steps } from './steps.ts';

/** What every viewer is scored with. */
export interface ScoringModel {
  readonly library: Library;
  readonly audience: Audience;
  /** By user id; the audience holds some of these very objects. */
  readonly tastes: ReadonlyMap<number, ViewerTaste>;
}

/** Whose histories count in the picks of others, and how. */
export interface Sharing {
  /** User ids. */
  readonly shared: readonly number[];
  /** As of `Audience`. */
  readonly collaborative: boolean;
}

/** Vectors with the titles they belong to. */
export interface TitleVectors {
  readonly titleIds: Int32Array;
  readonly dimensions: number;
  /** Row `r` belongs to `titleIds[r]`. */
  readonly matrix: Float32Array;
}

/**
 * Prepares a library from titles and their vectors, as they are stored.
 *
 * @param pause awaited every few ms of work; may reject to stop
 */
export async function libraryOf(
  titles: readonly ScorableTitle[],
  vectors: TitleVectors | null,
  pause: Pause,
): Promise<Library> {
  return buildLibrary(titles, vectors && (await inTurns(rowsOf(vectors, titles), pause)), pause);
}

/**
 * Computes what every viewer is scored with.
 *
 * @param audience users whose histories count in the picks of others, and whether it counts what they watched together
 * @param pause awaited every few ms of work; may reject to stop
 */
export async function buildScoringModel(
  library: Library,
  { shared, collaborative }: Sharing,
  tastes: ReadonlyMap<number, ViewerTaste>,
  pause: Pause,
): Promise<ScoringModel> {
  return {
    library,
    audience: await inTurns(
      buildAudience(
        library,
        shared.flatMap((id) => tastes.get(id) ?? []),
        { collaborative },
      ),
      pause,
    ),
    tastes,
  };
}

/** What the scorer knows of a title of the catalog. */
export function scorable(title: EnrichedTitle & Pick<ScorableTitle, 'episodeCount'>): ScorableTitle {
  return { ...title, rating: title.communityRating ?? title.voteAverage };
}

/** Vectors put in order in one step. */
const STEP_ROWS = 200;

/** The vectors in the order of the titles; zeros for a title without one. */
function* rowsOf(
  { titleIds, dimensions, matrix }: TitleVectors,
  titles: readonly ScorableTitle[],
): Steps<DenseVectors> {
  const values = new Float32Array(titles.length * dimensions);
  const rowOf = new Map(Array.from(titleIds, (titleId, row) => [titleId, row]));
  for (const [index, title] of titles.entries()) {
    if (index % STEP_ROWS === 0) yield;
    const row = rowOf.get(title.id);
    if (row !== undefined)
      values.set(matrix.subarray(row * dimensions, (row + 1) * dimensions), index * dimensions);
  }
  return { rowCount: titles.length, dimensions, values };
}
