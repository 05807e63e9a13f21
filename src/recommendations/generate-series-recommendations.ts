import { z } from 'zod';
import type { VerbContext } from '../platform/context.ts';
import { databaseFailure } from '../platform/database-failure.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { EnabledUser } from '../watch/watch-snapshot.repo.ts';
import type { Explainer } from './explainer.ts';
import { draftsOf } from './explanation-drafts.ts';
import type { UnwordedPick } from './explanations.repo.ts';
import { inFlight } from './in-flight.ts';
import { type Library, rowsById } from './library.ts';
import type { PickResult, PickTask } from './pick-batch.ts';
import { defaultThreads, picksOf } from './picker.ts';
import { loadRecommendationFacts, type RecommendationFacts } from './recommendation-facts.ts';
import {
  currentInputHashes,
  type NewRecommendationSet,
  storeRecommendationSet,
} from './recommendations.repo.ts';
import { scorable } from './scoring-model.ts';
import { DEFAULT_SELECTION, type SelectionSettings } from './selection-settings.ts';
import { takingTurns } from './steps.ts';
import { userSet } from './user-recommendations.ts';
import { wordExplanations } from './word-explanations.ts';

/** Sets on their way to the database while the next user's picks are made. */
const STORED_AT_ONCE = 3;
/** Picks that a dry run names for each user. */
const SHOWN_PICKS = 5;

/** Parameters of `generateSeriesRecommendations`. */
export const GenerateSeriesRecommendationsInput = z.object({
  /** Only these users; all enabled ones when left out. */
  userIds: z.array(z.number().int().positive()).optional(),
  /** First-time picks for each user, 1..100; as the settings say when left out. */
  count: z.number().int().min(1).max(100).optional(),
  /** Makes a new set although nothing that it depends on changed. */
  force: z.boolean().optional(),
  /** Makes the sets and stores none. */
  dryRun: z.boolean().optional(),
});
export type GenerateSeriesRecommendationsInput = z.infer<typeof GenerateSeriesRecommendationsInput>;

/**
 * Picks series for every enabled user from what they and the others watched, and stores each user's set in one step: until
 * then, and when a user fails, the last good set stays current. A language model, where there is one, then words the
 * explanations anew.
 *
 * @returns counts: `users`, new `sets`, `unchanged` users, `failed` users, `picks` stored, `candidates` scored, and
 *   those of `wordExplanations`
 * @throws ShowrunnerError `BAD_INPUT`, `PREREQUISITE_MISSING` without any title, `NOT_FOUND` for an unknown user
 */
export async function generateSeriesRecommendations(
  context: VerbContext & {
    readonly explainer?: Explainer | undefined;
    /** Worker threads for a large run at most; one less than the machine runs at once when left out. */
    readonly pickThreads?: number | undefined;
  },
  input: GenerateSeriesRecommendationsInput = {},
  selection: SelectionSettings = DEFAULT_SELECTION,
): Promise<Record<string, number>> {
  const { db, signal, progress, pickThreads = defaultThreads() } = context;
  const { userIds, count = selection.count, force = false, dryRun = false } = validated(input);
  progress.step('Load catalog and histories');
  const loaded = await loadRecommendationFacts(context, userIds, selection);
  const { facts } = loaded;
  const hashes = await currentInputHashes(db);
  const counts = { users: facts.users.length, sets: 0, unchanged: 0, failed: 0, picks: 0, candidates: 0 };
  progress.step('Pick', facts.users.length, 'users');
  const waiting = new Map<number, WaitingSet>();
  const catalog = dryRun ? catalogOf(facts) : null;
  const drafts = new Map<number, UnwordedPick[]>();
  if (facts.users.length === 0) progress.log('warn', 'No user has recommendations enabled.');
  const fail = (user: EnabledUser, error: unknown) => {
    signal.throwIfAborted();
    // Not this user's failure: the whole run is tried again.
    if (databaseFailure(error)) throw error;
    counts.failed += 1;
    progress.fail(user.name, error, { kind: 'user', id: user.id });
    progress.advance(1);
  };
  const begin = (user: EnabledUser): PickTask | null => {
    try {
      const { picking, candidates, ...set } = userSet(facts, user, count, context.now());
      if (force || hashes.get(user.id) !== set.inputHash) {
        waiting.set(user.id, { user, set });
        return { userId: user.id, pools: picking.pools, options: picking.options };
      }
      counts.unchanged += 1;
      progress.advance(1);
    } catch (error) {
      fail(user, error);
    }
    return null;
  };
  const finish = async ({ user, set }: WaitingSet, result: PickResult) => {
    if ('error' in result) throw result.error;
    const { picks } = result;
    if (catalog) {
      if (picks.length > 0) progress.log('info', describePicks(user, picks, catalog));
      drafts.set(user.id, draftsOf(picks, catalog));
    } else await storeRecommendationSet(db, { ...set, picks });
    counts.sets += 1;
    counts.picks += picks.length;
    counts.candidates += set.candidateCount;
    if (picks.length === 0) progress.log('info', nothingFor(user));
    progress.advance(1);
  };
  const tasks = async function* () {
    const pause = takingTurns(signal);
    for (const user of facts.users) {
      await pause();
      const task = begin(user);
      if (task) yield task;
    }
  };
  const stores = inFlight(STORED_AT_ONCE);
  try {
    for await (const result of picksOf(loaded, tasks(), pickThreads, signal)) {
      signal.throwIfAborted();
      const set = waiting.get(result.userId);
      if (!set) continue;
      waiting.delete(result.userId);
      await stores.add(finish(set, result).catch((error: unknown) => fail(set.user, error)));
    }
  } finally {
    await stores.settled();
  }
  signal.throwIfAborted();
  const wanting = facts.users.filter((user) => user.explanationsEnabled).map((user) => user.id);
  const worded = await wordExplanations(context, { userIds: wanting, ...(dryRun && { drafts }) });
  return { ...counts, ...worded };
}

/** An empty set is no failure, and replaces the last one: what it held is begun, hidden or unwanted by now. */
function nothingFor({ name }: EnabledUser): string {
  return `There is nothing left to recommend to ${name}: all series they may see are begun, rated, dismissed or snoozed.`;
}

/** The names of titles, for what a dry run tells. */
function catalogOf({ knownTitles }: RecommendationFacts): Pick<Library, 'titles' | 'rowOf'> {
  return { titles: knownTitles.map(scorable), rowOf: rowsById(knownTitles) };
}

/** A set whose picks are being made. */
interface WaitingSet {
  readonly user: EnabledUser;
  readonly set: Omit<NewRecommendationSet, 'picks'>;
}

function describePicks(
  user: EnabledUser,
  picks: readonly { titleId: number }[],
  { titles, rowOf }: Pick<Library, 'titles' | 'rowOf'>,
) {
  const nameOf = (titleId: number) => titles[rowOf.get(titleId) ?? -1]?.name ?? `title ${titleId}`;
  const shown = picks.slice(0, SHOWN_PICKS).map(({ titleId }) => nameOf(titleId));
  return `Would pick ${picks.length} series for ${user.name}: ${shown.join(', ')}${picks.length > shown.length ? ', …' : ''}`;
}

function validated(input: GenerateSeriesRecommendationsInput): GenerateSeriesRecommendationsInput {
  const parsed = GenerateSeriesRecommendationsInput.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ShowrunnerError(
    'BAD_INPUT',
    `${issue?.path.join('.') ?? 'input'}: ${issue?.message ?? 'not valid'}`,
    {
      field: issue?.path.map(String).join('.') ?? 'input',
    },
  );
}
