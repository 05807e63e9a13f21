import type { Audience, ViewerTaste } from './audience.ts';
import { dotWithAll, rowOf } from './dense-vectors.ts';
import type { Library } from './library.ts';
import { peerScores } from './peer-model.ts';
import { cosinesToAll } from './sparse-vectors.ts';
import { scaleOf, standardise } from './standardise.ts';

/** What is measured of every title for a viewer, each as one array over the rows of the library. */
export type FeatureName =
  | 'embeddingMean'
  | 'embeddingP4'
  | 'embeddingP8'
  | 'embeddingRecent'
  | 'text'
  | 'traits'
  | 'votes'
  | 'rating'
  | 'fresh'
  | 'yearTaste'
  | 'viewers'
  | 'seen'
  | 'neighbours'
  | 'peersByContent'
  | 'peersByViewers'
  | 'peersByContentScaled'
  | 'peersByViewersScaled';

export type Features = Partial<Record<FeatureName, Float64Array>>;

/** Measures all features of a library for one viewer. `currentYear` is the calendar year of now. */
export function measureFeatures(
  library: Library,
  audience: Audience,
  taste: ViewerTaste,
  currentYear: number,
): Features {
  return {
    ...embeddingFeatures(library, taste),
    ...wordFeatures(library, taste),
    ...(library.votes && { votes: library.votes }),
    rating: library.ratings,
    fresh: yearDistances(library, currentYear),
    yearTaste: yearDistances(library, meanYear(library, taste)),
    viewers: Float64Array.from(audience.watcherCounts, (count) => Math.log(1 + count)),
    seen: Float64Array.from(audience.watcherCounts, (count) => (count > 0 ? 1 : 0)),
    neighbours: neighbourScores(library, audience, taste),
    ...peerFeatures(audience, taste),
  };
}

/** The collaborative score in its two halves, raw and standardised together. */
function peerFeatures(audience: Audience, taste: ViewerTaste): Features {
  const { byContent, byViewers } = peerScores(audience.peers, taste.liked);
  const scaled = byContent.map((value, row) => value + (byViewers[row] ?? 0));
  const { spread } = standardise(scaled, 0);
  const mean = scaleOf(byContent).mean;
  const contentScaled = byContent.map((value) => (spread === 0 ? 0 : (value - mean) / spread));
  return {
    peersByContent: byContent,
    peersByViewers: byViewers,
    peersByContentScaled: contentScaled,
    // The clipped rest, so that both halves sum to the standardised whole.
    peersByViewersScaled: scaled.map((value, row) => value - (contentScaled[row] ?? 0)),
  };
}

/** Sums of squared cosines to the watched titles, by words and by traits: near matches count, weak ones vanish. */
function wordFeatures(library: Library, taste: ViewerTaste): Features {
  const size = library.titles.length;
  const text = new Float64Array(size);
  const traits = new Float64Array(size);
  const cosines = new Float32Array(size);
  for (const { row, weight } of taste.entries) {
    cosinesToAll(library.content.text, row, cosines);
    addPower(text, cosines, row, weight, 2);
    cosinesToAll(library.content.traits, row, cosines);
    addPower(traits, cosines, row, weight, 2);
  }
  standardise(text, 0);
  standardise(traits, 0);
  return { text, traits };
}

function embeddingFeatures(library: Library, taste: ViewerTaste): Features {
  const vectors = library.content.embeddings;
  if (!vectors) return {};
  const size = library.titles.length;
  const p4 = new Float64Array(size);
  const p8 = new Float64Array(size);
  const cosines = new Float32Array(size);
  const mean = new Float32Array(vectors.dimensions);
  const recent = new Float32Array(vectors.dimensions);
  for (const { row, weight, recency } of taste.entries) {
    const vector = rowOf(vectors, row);
    for (let d = 0; d < vectors.dimensions; d += 1) {
      mean[d] = (mean[d] ?? 0) + weight * (vector[d] ?? 0);
      recent[d] = (recent[d] ?? 0) + weight * recency * (vector[d] ?? 0);
    }
    dotWithAll(vectors, vector, cosines);
    addPower(p4, cosines, row, weight, 4);
    addPower(p8, cosines, row, weight, 8);
  }
  const profile = (vector: Float32Array) => {
    dotWithAll(vectors, vector, cosines);
    const feature = Float64Array.from(cosines);
    standardise(feature, 0);
    return feature;
  };
  standardise(p4, 0);
  standardise(p8, 0);
  return { embeddingMean: profile(mean), embeddingRecent: profile(recent), embeddingP4: p4, embeddingP8: p8 };
}

/**
 * Adds powers of the positive cosines to a watched title. Its own row gets nothing: a title is no evidence for itself,
 * and its cosine of 1 would drown all others in the feature's deviation.
 */
function addPower(
  sum: Float64Array,
  cosines: Float32Array,
  own: number,
  weight: number,
  power: number,
): void {
  for (let row = 0; row < sum.length; row += 1) {
    const cosine = cosines[row] ?? 0;
    if (cosine > 0 && row !== own) sum[row] = (sum[row] ?? 0) + weight * cosine ** power;
  }
}

/** Minus the distance to a year in decades; titles of unknown year lie as far as the average one. */
function yearDistances(library: Library, year: number): Float64Array {
  const distances = library.years.map((own) => -Math.abs(own - year) / 10);
  const known = distances.filter((value) => !Number.isNaN(value));
  const mean = known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
  return distances.map((value) => (Number.isNaN(value) ? mean : value));
}

function meanYear(library: Library, taste: ViewerTaste): number {
  const years = taste.liked
    .map((row) => library.years[row] ?? Number.NaN)
    .filter((year) => !Number.isNaN(year));
  return years.reduce((sum, year) => sum + year, 0) / years.length;
}

/** Sum over the other viewers of their overlap with this one, damped by the lengths of both histories. */
function neighbourScores(library: Library, audience: Audience, taste: ViewerTaste): Float64Array {
  const scores = new Float64Array(library.titles.length);
  const own = new Set(taste.liked);
  for (const other of audience.viewers) {
    if (other === taste) continue;
    const overlap = other.liked.reduce((count, row) => count + (own.has(row) ? 1 : 0), 0);
    if (overlap === 0) continue;
    const similarity =
      overlap / (Math.sqrt(own.size * other.liked.length) + 1) / Math.sqrt(audience.viewers.length);
    for (const row of other.liked) scores[row] = (scores[row] ?? 0) + similarity;
  }
  return scores;
}
