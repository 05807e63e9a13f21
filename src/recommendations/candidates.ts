import type { SeriesState } from '../../drizzle/tables/watch.ts';
import type { CandidateTitle as CatalogTitle } from '../catalog/catalog-snapshot.repo.ts';
import type { TitleFeedback } from '../taste/feedback.ts';
import type { SeriesStateRow, ViewerRights } from '../watch/watch-snapshot.repo.ts';
import { identityKeys } from './identity-keys.ts';
import { isHiddenByParents, type ParentalRatings } from './parental-control.ts';

/** A title that may be picked; `otherIds` are those that others than the media server know it by, where they do. */
export type CandidateTitle = CatalogTitle & { readonly otherIds?: readonly string[] };

/** Titles that may be picked for one user, by id. */
export interface CandidatePools {
  /** Titles that the user never began, and that are no second entry of one the user began. */
  readonly firstTime: readonly number[];
  /** Ended series that the user completed long ago. */
  readonly rewatch: readonly number[];
}

/** Why a title is no first-time candidate. */
export type Exclusion =
  /** In no library that the user may open. */
  | { readonly reason: 'NOT_VISIBLE' }
  /** Hidden by the user's parental control: its rating, no rating, or its tags. */
  | { readonly reason: 'PARENTAL_RATING' }
  | { readonly reason: 'ALREADY_BEGUN'; readonly state: SeriesState }
  /** Another entry of a series that the user has begun. */
  | { readonly reason: 'SECOND_COPY'; readonly titleId: number }
  /** The user rated it without having watched it here: they know it. */
  | { readonly reason: 'ALREADY_RATED'; readonly rating: number }
  | { readonly reason: 'DISMISSED' }
  | { readonly reason: 'SNOOZED'; readonly until: Date };

/** What decides which titles one user may be offered. */
export interface CandidateInput {
  /** Titles on the media server now. */
  readonly titles: readonly CandidateTitle[];
  /** The titles of `states`, those included that left the media server, and those of `feedback` that did not. */
  readonly begunTitles: readonly CandidateTitle[];
  readonly states: readonly SeriesStateRow[];
  readonly feedback: readonly TitleFeedback[];
  readonly user: ViewerRights;
  /** Ids (of the media server) of the libraries that hold each title; asked for users with restricted folders only. */
  readonly foldersOf: ReadonlyMap<number, readonly string[]>;
  readonly ratings: ParentalRatings;
  /** Months (of 30.4 days) after the last play before a finished series may be offered again. */
  readonly rewatchAfterMonths: number;
  readonly now: Date;
}

/** The rules of one user. */
export interface CandidateRules {
  /** Why a title is no first-time candidate; null when it is one. */
  exclusionOf(title: CandidateTitle): Exclusion | null;
  /** Whether a title the user completed may be offered again. */
  mayRewatch(title: CandidateTitle): boolean;
  /** Whether the user does not want a title, begun or not: it is dismissed or snoozed, or another entry of it is. */
  isUnwanted(title: CandidateTitle): boolean;
}

const MONTH_MS = (365 / 12) * 86_400_000;

/** Sorts the titles on the media server into what a user may be offered; of two entries of one series only one again. */
export function candidatePools(input: CandidateInput): CandidatePools {
  const rules = candidateRules(input);
  const ids = (titles: readonly CandidateTitle[]) => titles.map((title) => title.id);
  const offered = new Set<string>();
  const isFirstEntry = (title: CandidateTitle) => {
    const keys = identityKeys(title);
    const isFirst = !keys.some((key) => offered.has(key));
    for (const key of keys) offered.add(key);
    return isFirst;
  };
  return {
    firstTime: ids(input.titles.filter((title) => rules.exclusionOf(title) === null)),
    rewatch: ids(input.titles.filter((title) => rules.mayRewatch(title) && isFirstEntry(title))),
  };
}

/** Prepares the rules of one user; `titles` of the input are not looked at. */
export function candidateRules(input: Omit<CandidateInput, 'titles'>): CandidateRules {
  const { states, feedback, user, foldersOf, ratings, now } = input;
  const begun = new Map(
    states.filter((state) => state.state !== 'UNWATCHED').map((state) => [state.titleId, state]),
  );
  const said = new Map(feedback.map((entry) => [entry.titleId, entry]));
  const familiarOf = familiarEntries(input.begunTitles, (id) => begun.has(id) || said.has(id));
  const allowed = new Set(user.enabledFolders);

  const barred = (title: CandidateTitle): Exclusion | null => {
    if (!user.enableAllFolders && !foldersOf.get(title.id)?.some((folder) => allowed.has(folder)))
      return { reason: 'NOT_VISIBLE' };
    return isHiddenByParents(title, user, ratings) ? { reason: 'PARENTAL_RATING' } : null;
  };
  const unwanted = (familiar: Iterable<number>): Exclusion | null => {
    for (const titleId of familiar) {
      const entry = said.get(titleId);
      if (entry?.dismissedAt) return { reason: 'DISMISSED' };
      if (entry?.snoozedUntil && entry.snoozedUntil > now)
        return { reason: 'SNOOZED', until: entry.snoozedUntil };
    }
    return null;
  };
  const known = (title: CandidateTitle, familiar: Iterable<number>): Exclusion | null => {
    const own = begun.get(title.id);
    if (own) return { reason: 'ALREADY_BEGUN', state: own.state };
    for (const id of familiar) if (begun.has(id)) return { reason: 'SECOND_COPY', titleId: id };
    for (const id of familiar) {
      const rating = said.get(id)?.rating ?? said.get(id)?.serverRating ?? null;
      if (rating !== null) return { reason: 'ALREADY_RATED', rating };
    }
    return null;
  };
  const isLongAgo = (at: Date) => now.getTime() - at.getTime() > input.rewatchAfterMonths * MONTH_MS;
  /** Whether the user is done with an entry of a series; without a date, with another entry's date. */
  const isDone = (state: SeriesStateRow | undefined) =>
    !state || (state.state === 'COMPLETED' && (!state.lastPlayedAt || isLongAgo(state.lastPlayedAt)));

  return {
    exclusionOf: (title) => {
      const familiar = familiarOf(title);
      return barred(title) ?? known(title, familiar) ?? unwanted(familiar);
    },
    mayRewatch: (title) => {
      const state = begun.get(title.id);
      if (!state?.lastPlayedAt || title.status !== 'ENDED') return false;
      const familiar = familiarOf(title);
      for (const id of familiar) if (!isDone(begun.get(id))) return false;
      return barred(title) === null && unwanted(familiar) === null;
    },
    isUnwanted: (title) => unwanted(familiarOf(title)) !== null,
  };
}

const NO_ENTRIES: ReadonlySet<number> = new Set();

/** Finds the entries of a title's series, itself first, that are familiar to a user: begun, rated, dismissed or snoozed. */
function familiarEntries(
  titles: readonly CandidateTitle[],
  isFamiliar: (titleId: number) => boolean,
): (title: CandidateTitle) => ReadonlySet<number> {
  const byKey = new Map<string, number[]>();
  for (const title of titles) {
    if (!isFamiliar(title.id)) continue;
    for (const key of identityKeys(title)) {
      const ids = byKey.get(key);
      if (ids) ids.push(title.id);
      else byKey.set(key, [title.id]);
    }
  }
  return (title) => {
    let found: Set<number> | undefined = isFamiliar(title.id) ? new Set([title.id]) : undefined;
    for (const key of identityKeys(title)) {
      const ids = byKey.get(key);
      if (!ids) continue;
      found ??= new Set();
      for (const id of ids) found.add(id);
    }
    return found ?? NO_ENTRIES;
  };
}
