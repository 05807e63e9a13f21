import type { Evidence } from '../../drizzle/tables/recommendations.ts';
import type { Audience, ViewerTaste } from './audience.ts';
import { rowOf } from './dense-vectors.ts';
import type { Library } from './library.ts';
import type { Signal, TitleScores } from './score-titles.ts';
import { sharedTerms } from './sparse-vectors.ts';

const MAX_SIMILAR = 3;
const MAX_TRAITS = 3;
/** Fewer than two other viewers would tell who they are. */
const MIN_VIEWERS = 2;
const FRESH_YEARS = 1;

interface Resemblance {
  readonly row: number;
  readonly value: number;
  /** Values of the shared traits. */
  readonly traits: ReadonlyMap<string, number>;
}

/**
 * Says why a title scored as it did, the strongest reason first: watched titles it resembles (what the content signal
 * stands for is shared out among them), traits shared with the rest of the history, a number of viewers, its rating,
 * its age. Reasons that lowered the score are left out.
 */
export function pickEvidence(
  library: Library,
  audience: Audience,
  taste: ViewerTaste,
  result: TitleScores,
  row: number,
  currentYear: number,
): Evidence[] {
  const part = (signal: Signal) => Math.max(0, result.bySignal.get(signal)?.[row] ?? 0);
  const evidence = contentEvidence(library, taste, row, part('CONTENT'));
  const viewers = part('VIEWERS_LIKE_YOU');
  const count = likeMindedWatchers(audience, taste, row);
  if (viewers > 0 && count >= MIN_VIEWERS)
    evidence.push({ kind: 'VIEWERS_LIKE_YOU', count, weight: viewers });
  const rating = part('RATING');
  if (rating > 0 && library.titles[row]?.rating) evidence.push({ kind: 'WELL_RATED', weight: rating });
  const year = library.titles[row]?.year ?? null;
  if (year !== null && year >= currentYear - FRESH_YEARS)
    evidence.push({ kind: 'FRESH', weight: part('FRESHNESS') });
  return evidence.sort((a, b) => b.weight - a.weight);
}

function contentEvidence(library: Library, taste: ViewerTaste, row: number, content: number): Evidence[] {
  const resembling = taste.entries
    .filter((entry) => entry.weight > 0 && entry.row !== row)
    .map((entry) => resemblance(library, entry.row, row, entry.weight))
    .filter((entry) => entry.value > 0)
    .sort((a, b) => b.value - a.value || a.row - b.row);
  const total = resembling.reduce((sum, entry) => sum + entry.value, 0);
  if (content === 0 || total === 0) return [];
  const evidence: Evidence[] = resembling.slice(0, MAX_SIMILAR).map((entry) => ({
    kind: 'SIMILAR_TO_WATCHED',
    titleId: library.titles[entry.row]?.id ?? 0,
    ...withTraits(strongest([entry])),
    weight: (content * entry.value) / total,
  }));
  const rest = resembling.slice(MAX_SIMILAR);
  const traits = strongest(rest);
  if (traits.length === 0) return evidence;
  const weight = (content * rest.reduce((sum, entry) => sum + entry.value, 0)) / total;
  return [...evidence, { kind: 'SHARED_TRAITS', traits, weight }];
}

/** How much a watched title speaks for another: the squares of their cosines, as the content features sum them. */
function resemblance(library: Library, watched: number, row: number, weight: number): Resemblance {
  const { text, traits, embeddings } = library.content;
  const shared = sharedTerms(traits, watched, row);
  const sum = (terms: ReadonlyMap<string, number>) =>
    [...terms.values()].reduce((total, value) => total + value, 0);
  let value = sum(sharedTerms(text, watched, row)) ** 2 + sum(shared) ** 2;
  if (embeddings) {
    const other = rowOf(embeddings, row);
    const cosine = rowOf(embeddings, watched).reduce((total, part, d) => total + part * (other[d] ?? 0), 0);
    value += Math.max(0, cosine) ** 4;
  }
  return { row: watched, value: value * weight, traits: shared };
}

/** Names of the genres, keywords and networks that count most over all resemblances. */
function strongest(resembling: readonly Resemblance[]): string[] {
  const sums = new Map<string, number>();
  for (const { traits } of resembling) {
    for (const [trait, value] of traits) {
      if (!trait.startsWith('era:')) sums.set(trait, (sums.get(trait) ?? 0) + value);
    }
  }
  return [...sums]
    .sort(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .slice(0, MAX_TRAITS)
    .map(([trait]) => trait.slice(trait.indexOf(':') + 1));
}

function withTraits(traits: readonly string[]): { traits?: readonly string[] } {
  return traits.length > 0 ? { traits } : {};
}

/** Other viewers who watched the title and share at least one title with this one. */
function likeMindedWatchers(audience: Audience, taste: ViewerTaste, row: number): number {
  const own = new Set(taste.liked);
  return audience.viewers.filter(
    (other) => other !== taste && other.liked.includes(row) && other.liked.some((liked) => own.has(liked)),
  ).length;
}
