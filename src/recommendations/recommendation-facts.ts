import { type ActiveVectors, activeVectors } from '../embeddings/active-vectors.repo.ts';
import { type EnrichedTitle, enrichedTitles, withMetadata } from '../enrichment/enriched-titles.repo.ts';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { type EnabledUser, enabledUsers } from '../watch/watch-snapshot.repo.ts';
import type { ViewerTaste } from './audience.ts';
import { episodeCounts } from './episode-counts.repo.ts';
import { hashOfLists } from './input-hash.ts';
import { rowsById } from './library.ts';
import { removedBegunTitles, titleFolders } from './recommendations.repo.ts';
import { SHIPPED_SCORER } from './scorer-model.ts';
import type { Sharing } from './scoring-model.ts';
import { DEFAULT_SELECTION, type SelectionSettings } from './selection-settings.ts';
import { takingTurns } from './steps.ts';
import { type CurrentWeights, currentWeights } from './tuning/weights.repo.ts';
import { loadViewerFacts, type ViewerFacts } from './viewer-facts.ts';
import { type SharedTaste, tastesOf } from './viewer-tastes.ts';

/** A title as recommending sees it; `episodeCount` is that of its regular episodes. */
type KnownTitle = EnrichedTitle & { readonly episodeCount: number | null };

/** Everything recommendations are made of, read once for all users, before anything is computed from it. */
export interface RecommendationFacts {
  /** Titles on the media server now. */
  readonly titles: readonly EnrichedTitle[];
  /** `titles`, and those that left it and were begun by somebody. */
  readonly knownTitles: readonly KnownTitle[];
  readonly users: readonly EnabledUser[];
  readonly viewers: ViewerFacts;
  readonly selection: SelectionSettings;
  readonly foldersOf: ReadonlyMap<number, readonly string[]>;
  /** The embedding model in use; null when none is active. */
  readonly model: string | null;
  readonly scorer: { readonly version: string };
  /** What each signal counts beside the scorer's weights, for whom. */
  readonly tuning: CurrentWeights;
  /** Hash of what all users' picks have in common: titles, scorer, vectors, and what others like. */
  readonly hash: string;
  /** On the rows of `knownTitles`. */
  readonly tastes: ReadonlyMap<number, ViewerTaste>;
  /** Of which of them count in the picks of others. */
  readonly shared: readonly SharedTaste[];
}

/** The facts, and the vectors of the model in use: apart, because nobody needs them once they are centred. */
export interface LoadedFacts {
  readonly facts: RecommendationFacts;
  readonly vectors: ActiveVectors | null;
  /** Hash of the known titles and the vectors: what a library is made of. */
  readonly catalogHash: string;
}

/**
 * Loads the catalog, all histories and the active vectors.
 *
 * @param userIds the users to pick for; all enabled ones when left out
 * @throws ShowrunnerError `PREREQUISITE_MISSING` when there is no title, `NOT_FOUND` for an id that is no enabled user
 */
export async function loadRecommendationFacts(
  context: Pick<VerbContext, 'db' | 'signal' | 'now'>,
  userIds: readonly number[] | undefined,
  selection: SelectionSettings = DEFAULT_SELECTION,
): Promise<LoadedFacts> {
  const { db, signal } = context;
  const titles = await enrichedTitles(db);
  signal.throwIfAborted();
  if (titles.length === 0)
    throw new ShowrunnerError('PREREQUISITE_MISSING', 'There is no series to recommend yet.', {
      remedy: 'Run sync-series first.',
    });
  const users = await enabledUsers(db, userIds);
  requireUsers(userIds, users);
  const episodes = await episodeCounts(db);
  const knownTitles = [...titles, ...(await withMetadata(db, await removedBegunTitles(db)))].map((title) => ({
    ...title,
    episodeCount: episodes.get(title.id) ?? null,
  }));
  const viewers = await loadViewerFacts(db, userIds, context.now());
  const foldersOf = await titleFolders(db);
  signal.throwIfAborted();
  const vectors = await activeVectors(db, signal);
  signal.throwIfAborted();
  const pause = takingTurns(signal);
  const catalogHash = await hashOfLists([knownTitles, [vectors?.hash ?? null]], pause);
  const { tastes, shared } = tastesOf({ rowOf: rowsById(knownTitles) }, viewers, selection);
  const facts = {
    titles,
    knownTitles,
    users,
    viewers,
    selection,
    foldersOf,
    model: vectors?.model ?? null,
    scorer: { version: SHIPPED_SCORER.version },
    tuning: await currentWeights(db),
    hash: await hashOfLists(
      [shared, [catalogHash, titles.length, SHIPPED_SCORER.version, selection.collaborative]],
      pause,
    ),
    tastes,
    shared,
  };
  return { facts, vectors, catalogHash };
}

/** Whose histories count in the picks of others. */
export function sharingOf({ shared, selection }: RecommendationFacts): Sharing {
  return { shared: shared.map(([id]) => id), collaborative: selection.collaborative };
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
