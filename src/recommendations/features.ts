import type { Audience, ViewerTaste } from './audience.ts';
import { type ContentSums, contentSums, SUM_NAMES } from './content-sums.ts';
import type { Library } from './library.ts';
import { peerScores } from './peer-model.ts';
import { percentiles } from './percentiles.ts';
import { cosinesToAll } from './sparse-vectors.ts';
import { scaleOf, standardise } from './standardise.ts';
import { distancesTo, traitTaste } from './trait-tastes.ts';
import { MAX_VIEWERS } from './viewer-conditions.ts';

/** What is measured of every title for a viewer, each as one array over the rows of the library. */
export type FeatureName =
  | 'embeddingMean'
  | 'embeddingP4'
  | 'embeddingP8'
  | 'embeddingRecent'
  | 'embeddingRank'
  | 'text'
  | 'textRank'
  | 'traits'
  | 'name'
  | 'genres'
  | 'networks'
  | 'nearest'
  | 'votes'
  | 'votesRank'
  | 'votesTaste'
  | 'rating'
  | 'ratingTaste'
  | 'fresh'
  | 'year'
  | 'yearTaste'
  | 'length'
  | 'lengthTaste'
  | 'viewers'
  | 'seen'
  | 'neighbours'
  | 'neighboursRank'
  | 'peersRank'
  | 'peersScaled'
  | 'peersByContent'
  | 'peersByViewers'
  | 'peersByContentScaled'
  | 'peersByViewersScaled';

export type Features = Partial<Record<FeatureName, Float64Array>>;

/**
 * Measures all features of a library for one viewer. What the server does not have is left out: embeddings, votes, and
 * everything of other viewers where there are none.
 *
 * @param currentYear the calendar year of now
 * @param sums those of this viewer, where they were computed for many viewers at once
 */
export function measureFeatures(
  library: Library,
  audience: Audience,
  taste: ViewerTaste,
  currentYear: number,
  sums: ContentSums = contentSums(library.content, taste),
): Features {
  const open = new Uint8Array(library.titles.length).fill(1);
  for (const { row } of taste.entries) open[row] = 0;
  return {
    ...contentFeatures(sums, open),
    name: nameLikeness(library, taste),
    genres: traitTaste(library.genres, taste.liked),
    networks: traitTaste(library.networks, taste.liked),
    ...(library.votes && {
      votes: library.votes,
      votesRank: percentiles(library.votes, open),
      votesTaste: distancesTo(library.votes, taste.liked),
    }),
    rating: library.ratings,
    ratingTaste: distancesTo(library.ratings, taste.liked),
    fresh: yearDistances(library, currentYear),
    year: library.yearsScaled,
    yearTaste: yearDistances(library, meanYear(library, taste)),
    length: library.lengths,
    lengthTaste: distancesTo(library.lengths, taste.liked),
    ...viewerFeatures(library, audience, taste, open),
    ...peerFeatures(audience, taste, open),
  };
}

/** The collaborative score in its two halves, raw and standardised together. */
function peerFeatures(audience: Audience, taste: ViewerTaste, open: Uint8Array): Features {
  const { byContent, byViewers } = peerScores(audience.peers, taste.liked);
  const scaled = byContent.map((value, row) => value + (byViewers[row] ?? 0));
  const peersRank = percentiles(scaled, open);
  const { spread } = standardise(scaled, 0);
  const mean = scaleOf(byContent).mean;
  const contentScaled = byContent.map((value) => (spread === 0 ? 0 : (value - mean) / spread));
  const nearest = byContent.slice();
  standardise(nearest, 0);
  return {
    nearest,
    peersRank,
    peersScaled: scaled,
    peersByContent: byContent,
    peersByViewers: byViewers,
    peersByContentScaled: contentScaled,
    // The clipped rest, so that both halves sum to the standardised whole.
    peersByViewersScaled: scaled.map((value, row) => value - (contentScaled[row] ?? 0)),
  };
}

/** The sums over the watched titles, standardised: near matches count, weak ones vanish. */
function contentFeatures(sums: ContentSums, open: Uint8Array): Features {
  const features: Features = {};
  for (const name of SUM_NAMES) {
    const sum = sums[name];
    if (!sum) continue;
    const feature = new Float64Array(sum);
    standardise(feature, 0);
    features[name] = feature;
    if (name === 'text') features.textRank = percentiles(feature, open);
    if (name === 'embeddingP4') features.embeddingRank = percentiles(feature, open);
  }
  return features;
}

/** The greatest cosine by the words of the name to a watched title, 0..1: sequels and spin-offs. */
function nameLikeness({ names, titles }: Library, taste: ViewerTaste): Float64Array {
  const greatest = new Float64Array(titles.length);
  const cosines = new Float32Array(titles.length);
  for (const { row: watched, weight } of taste.entries) {
    if (weight <= 0) continue;
    cosinesToAll(names, watched, cosines);
    cosines[watched] = 0;
    for (let row = 0; row < greatest.length; row += 1)
      if ((cosines[row] ?? 0) > (greatest[row] ?? 0)) greatest[row] = cosines[row] ?? 0;
  }
  return greatest;
}

/** Minus the distance to a year in decades; titles of unknown year lie as far as the average one. */
function yearDistances({ years }: Library, year: number): Float64Array {
  const distances = new Float64Array(years.length);
  let sum = 0;
  let known = 0;
  for (let row = 0; row < years.length; row += 1) {
    const distance = -Math.abs((years[row] ?? Number.NaN) - year) / 10;
    distances[row] = distance;
    if (Number.isNaN(distance)) continue;
    sum += distance;
    known += 1;
  }
  const mean = known === 0 ? 0 : sum / known;
  for (let row = 0; row < years.length; row += 1) if (Number.isNaN(distances[row])) distances[row] = mean;
  return distances;
}

function meanYear(library: Library, taste: ViewerTaste): number {
  const years = taste.liked
    .map((row) => library.years[row] ?? Number.NaN)
    .filter((year) => !Number.isNaN(year));
  return years.reduce((sum, year) => sum + year, 0) / years.length;
}

/** What the other viewers of the server watched: nothing where nobody's history counts. */
function viewerFeatures(
  library: Library,
  audience: Audience,
  taste: ViewerTaste,
  open: Uint8Array,
): Features {
  if (audience.viewers.length === 0) return {};
  // As many as there would be on the largest server that was learnt from.
  const share = Math.min(1, MAX_VIEWERS / audience.viewers.length);
  const neighbours = audience.collaborative && neighbourScores(library, audience, taste);
  return {
    ...watcherFeatures(audience.watcherCounts, share),
    ...(neighbours && { neighbours, neighboursRank: percentiles(neighbours, open) }),
  };
}

function watcherFeatures(counts: Int32Array, share: number): Features {
  const viewers = new Float64Array(counts.length);
  const seen = new Float64Array(counts.length);
  for (let row = 0; row < counts.length; row += 1) {
    const count = counts[row] ?? 0;
    if (count === 0) continue;
    viewers[row] = Math.log(1 + count * share);
    seen[row] = 1;
  }
  return { viewers, seen };
}

/** Sum over the other viewers of their overlap with this one, damped by the lengths of both histories. */
function neighbourScores(library: Library, audience: Audience, taste: ViewerTaste): Float64Array {
  const viewers = audience.viewers.length;
  const scale = Math.sqrt(Math.min(viewers, MAX_VIEWERS)) / viewers;
  const scores = new Float64Array(library.titles.length);
  const own = new Uint8Array(library.titles.length);
  for (const row of taste.liked) own[row] = 1;
  for (const other of audience.viewers) {
    if (other === taste) continue;
    let overlap = 0;
    for (const row of other.liked) overlap += own[row] ?? 0;
    if (overlap === 0) continue;
    const similarity = (overlap * scale) / (Math.sqrt(taste.liked.length * other.liked.length) + 1);
    for (const row of other.liked) scores[row] = (scores[row] ?? 0) + similarity;
  }
  return scores;
}
