import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { VerbContext } from '../platform/context.ts';
import { databaseFailure } from '../platform/database-failure.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { EnabledUser } from '../watch/watch-snapshot.repo.ts';
import { viewerTaste } from './audience.ts';
import { candidatePools } from './candidates.ts';
import { inputHash } from './input-hash.ts';
import { pickTitles } from './pick-titles.ts';
import { loadRecommendationInputs, type RecommendationInputs } from './recommendation-inputs.ts';
import { currentInputHashes, storeRecommendationSet } from './recommendations.repo.ts';

const DEFAULT_COUNT = 20;
/** Picks that a dry run names for each user. */
const SHOWN_PICKS = 5;

/** Parameters of `generateSeriesRecommendations`. */
export const GenerateSeriesRecommendationsInput = z.object({
  /** Only these users; all enabled ones when left out. */
  userIds: z.array(z.number().int().positive()).optional(),
  /** First-time picks for each user, 1..100, default 20. */
  count: z.number().int().min(1).max(100).optional(),
  /** Makes a new set although nothing that it depends on changed. */
  force: z.boolean().optional(),
  /** Makes the sets and stores none. */
  dryRun: z.boolean().optional(),
});
export type GenerateSeriesRecommendationsInput = z.infer<typeof GenerateSeriesRecommendationsInput>;

/**
 * Picks series for every enabled user from what they and the others watched, and stores each user's set in one step: until
 * then, and when a user fails, the last good set stays current.
 *
 * @returns counts: `users`, new `sets`, `unchanged` users, `failed` users, `picks` stored, `candidates` scored
 * @throws ShowrunnerError `BAD_INPUT`, `PREREQUISITE_MISSING` without any title, `NOT_FOUND` for an unknown user
 */
export async function generateSeriesRecommendations(
  context: VerbContext,
  input: GenerateSeriesRecommendationsInput = {},
): Promise<Record<string, number>> {
  const { db, signal, progress } = context;
  const { userIds, count = DEFAULT_COUNT, force = false, dryRun = false } = validated(input);
  progress.step('Load catalog and histories');
  const inputs = await loadRecommendationInputs(context, userIds);
  const hashes = await currentInputHashes(db);
  const counts = { users: inputs.users.length, sets: 0, unchanged: 0, failed: 0, picks: 0, candidates: 0 };
  progress.step('Pick', inputs.users.length, 'users');
  if (inputs.users.length === 0) progress.log('warn', 'No user has recommendations enabled.');
  for (const user of inputs.users) {
    // Scoring holds the event loop: others get a turn between two users.
    await nextTurn();
    signal.throwIfAborted();
    try {
      const set = recommendationsOf(inputs, user, count, context.now());
      if (!force && hashes.get(user.id) === set.inputHash) {
        counts.unchanged += 1;
      } else {
        const picks = set.makePicks();
        if (dryRun) progress.log('info', describePicks(user, picks, inputs));
        else await storeRecommendationSet(db, { ...set, picks });
        counts.sets += 1;
        counts.picks += picks.length;
        counts.candidates += set.candidateCount;
      }
    } catch (error) {
      signal.throwIfAborted();
      // Not this user's failure: the whole run is tried again.
      if (databaseFailure(error)) throw error;
      counts.failed += 1;
      progress.fail(user.name, error, { kind: 'user', id: user.id });
    }
    progress.advance(1);
  }
  return counts;
}

/** A user's set without its picks, which are made only when they are needed. */
function recommendationsOf(inputs: RecommendationInputs, user: EnabledUser, count: number, now: Date) {
  const { library, audience, scorer } = inputs;
  const states = inputs.states.get(user.id) ?? [];
  const pools = candidatePools(inputs.titles, inputs.knownTitles, states, user, inputs.foldersOf, now);
  const taste = inputs.tastes.get(user.id) ?? viewerTaste(library, []);
  const currentYear = now.getUTCFullYear();
  const withExplanations = user.explanationsEnabled;
  return {
    userId: user.id,
    generatedAt: now,
    weightsVersion: scorer.version,
    model: inputs.model,
    candidateCount: pools.firstTime.length + pools.rewatch.length,
    historyCount: taste.entries.length,
    inputHash: inputHash([inputs.hash, pools, count, currentYear, withExplanations]),
    makePicks: () =>
      pickTitles(library, audience, taste, pools, {
        weights: scorer.weights,
        count,
        currentYear,
        withExplanations,
      }),
  };
}

function describePicks(
  user: EnabledUser,
  picks: readonly { titleId: number }[],
  inputs: RecommendationInputs,
) {
  const names = new Map(inputs.titles.map((title) => [title.id, title.name]));
  const shown = picks.slice(0, SHOWN_PICKS).map(({ titleId }) => names.get(titleId) ?? `title ${titleId}`);
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
