import type { Evidence } from '../../drizzle/tables/recommendations.ts';
import type { Audience, ViewerTaste } from './audience.ts';
import type { ScorableTitle } from './content-vectors.ts';
import { dotOfRows } from './dense-vectors.ts';
import type { Library } from './library.ts';
import type { Signal, TitleScores } from './score-titles.ts';
import { cosineOfRows, sharedTerms } from './sparse-vectors.ts';

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
 * stands for is shared out among them), traits shared with the rest of the history, a number of viewers (with a history
 * like this one's or, where that says nothing, any), its rating, its age. Reasons that lowered the score are left out.
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
  const watchers = otherWatchers(audience, taste, row);
  const likeMinded = likeMindedOf(watchers, taste);
  const popularity = part('POPULARITY');
  // Popularity counts those with a like history, too.
  const viewers = part('VIEWERS_LIKE_YOU') || popularity;
  // Two counts of one title would tell of those who are in one of them alone.
  if (viewers > 0 && likeMinded >= MIN_VIEWERS)
    evidence.push({ kind: 'VIEWERS_LIKE_YOU', count: likeMinded, weight: viewers });
  else if (popularity > 0 && watchers.length >= MIN_VIEWERS)
    evidence.push({ kind: 'POPULAR', count: watchers.length, weight: popularity });
  else if (popularity > 0 && library.titles[row]?.votes)
    evidence.push({ kind: 'POPULAR', weight: popularity });
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
    ...withTraits(strongest([entry], library.titles[row])),
    weight: (content * entry.value) / total,
  }));
  const rest = resembling.slice(MAX_SIMILAR);
  const traits = strongest(rest, library.titles[row]);
  if (traits.length === 0) return evidence;
  const weight = (content * rest.reduce((sum, entry) => sum + entry.value, 0)) / total;
  return [...evidence, { kind: 'SHARED_TRAITS', traits, weight }];
}

/** How much a watched title speaks for another: the squares of their cosines, as the content features sum them. */
function resemblance(library: Library, watched: number, row: number, weight: number): Resemblance {
  const { text, traits, embeddings } = library.content;
  const shared = sharedTerms(traits, watched, row);
  let traitCosine = 0;
  for (const product of shared.values()) traitCosine += product;
  let value = cosineOfRows(text, watched, row) ** 2 + traitCosine ** 2;
  if (embeddings) value += Math.max(0, dotOfRows(embeddings, watched, row)) ** 4;
  return { row: watched, value: value * weight, traits: shared };
}

/** Names of the genres, keywords and networks that count most over all resemblances. */
function strongest(resembling: readonly Resemblance[], picked: ScorableTitle | undefined): string[] {
  const sums = new Map<string, number>();
  for (const { traits } of resembling) {
    for (const [trait, value] of traits) {
      if (!trait.startsWith('era:')) sums.set(trait, (sums.get(trait) ?? 0) + value);
    }
  }
  return [...sums]
    .sort(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .slice(0, MAX_TRAITS)
    .map(([trait]) => spelled(trait.slice(trait.indexOf(':') + 1), picked));
}

/** Keywords and networks may be names, which keep their capitals; genres are common words. */
function spelled(trait: string, picked: ScorableTitle | undefined): string {
  const names = picked ? [...picked.networks, ...picked.keywords] : [];
  return names.find((name) => name.toLowerCase() === trait) ?? trait;
}

function withTraits(traits: readonly string[]): { traits?: readonly string[] } {
  return traits.length > 0 ? { traits } : {};
}

/** Other viewers who watched the title; none are told of where it does not count who watched what. */
function otherWatchers({ viewers, collaborative }: Audience, taste: ViewerTaste, row: number): ViewerTaste[] {
  return collaborative ? viewers.filter((other) => other !== taste && other.liked.includes(row)) : [];
}

/** How many of the viewers share at least one title with this one. */
function likeMindedOf(viewers: readonly ViewerTaste[], taste: ViewerTaste): number {
  const own = new Set(taste.liked);
  return viewers.filter(({ liked }) => liked.some((row) => own.has(row))).length;
}
