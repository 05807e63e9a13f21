import { nameVectors, type ScorableTitle, textVectors, traitVectors } from './content-vectors.ts';
import { centred, type DenseVectors } from './dense-vectors.ts';
import { type ContentVectors, type NearestTitles, nearestTitles } from './nearest-titles.ts';
import type { SparseVectors } from './sparse-vectors.ts';
import { standardise } from './standardise.ts';
import { inTurns, type Pause } from './steps.ts';
import { type TraitColumns, traitColumns } from './trait-tastes.ts';

/** Neighbours by content that the collaborative prior looks at (the reference scorer's number). */
const NEAREST = 50;

/** Everything about a library that does not depend on a viewer; rows are indices into `titles`. */
export interface Library {
  readonly titles: readonly ScorableTitle[];
  readonly rowOf: ReadonlyMap<number, number>;
  readonly content: ContentVectors;
  readonly nearest: NearestTitles;
  /** The words of the names, each title's counted once. */
  readonly names: SparseVectors;
  readonly genres: TraitColumns;
  readonly networks: TraitColumns;
  /** Years of the titles, NaN when unknown. */
  readonly years: Float64Array;
  /** Standardised year; a title without one counts as average. */
  readonly yearsScaled: Float64Array;
  /** Standardised logarithm of the number of episodes; a title without one counts as average. */
  readonly lengths: Float64Array;
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
  pause: Pause,
): Promise<Library> {
  const content: ContentVectors = {
    text: await inTurns(textVectors(titles), pause),
    traits: await inTurns(traitVectors(titles), pause),
    embeddings: embeddings && (await inTurns(centred(embeddings), pause)),
  };
  const votes = Float64Array.from(titles, (title) => (title.votes ? Math.log(title.votes) : Number.NaN));
  const hasVotes = votes.some((value) => !Number.isNaN(value));
  if (hasVotes) standardise(votes, -1);
  return {
    titles,
    rowOf: rowsById(titles),
    content,
    nearest: await inTurns(nearestTitles(content, NEAREST), pause),
    names: await inTurns(nameVectors(titles), pause),
    genres: traitColumns(titles.map((title) => title.genres)),
    networks: traitColumns(titles.map((title) => title.networks)),
    years: Float64Array.from(titles, (title) => title.year ?? Number.NaN),
    yearsScaled: scaled(titles, (title) => title.year),
    lengths: scaled(titles, (title) => (title.episodeCount ? Math.log(title.episodeCount) : null)),
    ratings: scaled(titles, (title) => title.rating),
    votes: hasVotes ? votes : null,
  };
}

function scaled(
  titles: readonly ScorableTitle[],
  measure: (title: ScorableTitle) => number | null | undefined,
): Float64Array {
  const values = Float64Array.from(titles, (title) => measure(title) ?? Number.NaN);
  standardise(values, 0);
  return values;
}

/** The row of each title by its id. */
export function rowsById(titles: readonly { readonly id: number }[]): Map<number, number> {
  return new Map(titles.map((title, row) => [title.id, row]));
}
