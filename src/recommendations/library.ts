import { type ScorableTitle, textVectors, traitVectors } from './content-vectors.ts';
import { centred, type DenseVectors } from './dense-vectors.ts';
import { type ContentVectors, type NearestTitles, nearestTitles } from './nearest-titles.ts';
import { standardise } from './standardise.ts';

/** Neighbours by content that the collaborative prior looks at (the reference scorer's number). */
const NEAREST = 50;

/** Everything about a library that does not depend on a viewer; rows are indices into `titles`. */
export interface Library {
  readonly titles: readonly ScorableTitle[];
  readonly rowOf: ReadonlyMap<number, number>;
  readonly content: ContentVectors;
  readonly nearest: NearestTitles;
  /** Years of the titles, NaN when unknown. */
  readonly years: Float64Array;
  /** Standardised rating; a title without one counts as average. */
  readonly ratings: Float64Array;
  /** Standardised logarithm of the votes, -1 for a title without; null when no title has any. */
  readonly votes: Float64Array | null;
}

/**
 * Prepares a library for scoring.
 *
 * @param embeddings one row for each title (zeros where there is none), as stored; null to score without them
 * @param pause awaited every few ms of work, so that a large library holds nobody up; may reject to stop
 */
export async function buildLibrary(
  titles: readonly ScorableTitle[],
  embeddings: DenseVectors | null,
  pause: () => Promise<void>,
): Promise<Library> {
  const content: ContentVectors = {
    text: textVectors(titles),
    traits: traitVectors(titles),
    embeddings: embeddings && centred(embeddings),
  };
  const ratings = Float64Array.from(titles, (title) => title.rating ?? Number.NaN);
  standardise(ratings, 0);
  const votes = Float64Array.from(titles, (title) => (title.votes ? Math.log(title.votes) : Number.NaN));
  const hasVotes = votes.some((value) => !Number.isNaN(value));
  if (hasVotes) standardise(votes, -1);
  return {
    titles,
    rowOf: new Map(titles.map((title, row) => [title.id, row])),
    content,
    nearest: await nearestTitles(content, NEAREST, pause),
    years: Float64Array.from(titles, (title) => title.year ?? Number.NaN),
    ratings,
    votes: hasVotes ? votes : null,
  };
}
