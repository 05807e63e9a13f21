import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { type Audience, buildAudience, type ViewerTaste, viewerTaste } from './audience.ts';
import { cachedInputs } from './cached-inputs.ts';
import { compareCandidates } from './diversify.ts';
import type { RecommendationInputs } from './recommendation-inputs.ts';
import { rankedTitles, selectPicks } from './select-picks.ts';
import type { SelectionSettings } from './selection-settings.ts';
import { inTurns, takingTurns } from './steps.ts';
import { comparePicks, type PickComparison } from './tuning/compare-picks.ts';
import { pickingOf } from './user-recommendations.ts';
import { requireUser, viewerScores } from './viewer-scores.ts';
import { profileOf } from './viewer-tastes.ts';

/** Where a title stands, with all evidence or without some. */
export interface EvidenceStanding {
  readonly score: number;
  /** Place by score among the first-time candidates; null when it is none. */
  readonly rank: number | null;
  /** Place among the picks; null when it is none. */
  readonly pickRank: number | null;
}

/** What the picks would be without some of the evidence. */
export interface WithoutEvidence extends PickComparison {
  /** The title asked for, with the evidence and without it; null when none was asked for. */
  readonly title: {
    readonly titleId: number;
    readonly before: EvidenceStanding;
    readonly after: EvidenceStanding;
  } | null;
}

/** Which evidence to leave out, and what to look at. */
export interface WithoutEvidenceInput {
  readonly userId: number;
  /** Titles to take as never watched nor judged by the user; they stay out of the picks all the same. */
  readonly watchedTitleIds: readonly number[];
  /** Takes the other viewers as if they were not there. */
  readonly withoutOthers: boolean;
  /** A title whose standing to tell. */
  readonly titleId: number | null;
}

/**
 * Shows the counterfactual: what would be picked for a user, had they not watched some titles, or without the other
 * viewers. All else stays as it is, the candidates too, so that what differs comes from the evidence alone.
 *
 * @throws ShowrunnerError `NOT_FOUND` for a user without recommendations or a title that says nothing of their taste,
 *   `BAD_INPUT` when nothing is left out, `PREREQUISITE_MISSING` without any title
 */
export async function withoutEvidence(
  context: Pick<VerbContext, 'db' | 'signal' | 'now'> & { readonly selection: SelectionSettings },
  input: WithoutEvidenceInput,
): Promise<WithoutEvidence> {
  const { selection, signal, now } = context;
  if (input.watchedTitleIds.length === 0 && !input.withoutOthers)
    throw new ShowrunnerError('BAD_INPUT', 'There is nothing to leave out.', {
      field: 'watchedSeriesIds',
      remedy: 'Name a watched series, or ask without the other viewers.',
    });
  const inputs = await cachedInputs(context, selection);
  const { library, audience } = inputs;
  const user = requireUser(inputs, input.userId, 'userId');
  requireWatched(inputs, input);
  const { pools, taste, options } = pickingOf(inputs, user, selection.count, now());
  const pause = takingTurns(signal);
  const makeList = async (viewers: Audience, own: ViewerTaste) => {
    const { scores } = await viewerScores(library, viewers, own, options, pause);
    const candidates = rankedTitles(library, scores, pools.firstTime).sort(compareCandidates);
    return { scores, candidates, picks: selectPicks(library, own, scores, pools, options) };
  };
  const before = await makeList(audience, taste);
  const without = viewerTaste(
    library,
    profileOf(inputs.viewers, input.userId, new Set(input.watchedTitleIds)),
  );
  const others = input.withoutOthers
    ? []
    : audience.viewers.map((viewer) => (viewer === taste ? without : viewer));
  const audienceAfter = await inTurns(buildAudience(library, others, audience), pause);
  const after = await makeList(audienceAfter, without);
  const standing = (list: typeof before, titleId: number): EvidenceStanding => ({
    score: list.scores[library.rowOf.get(titleId) ?? -1] ?? 0,
    rank: placeOf(list.candidates, titleId),
    pickRank: placeOf(list.picks, titleId),
  });
  const { titleId } = input;
  return {
    ...comparePicks(before.picks, after.picks),
    title:
      titleId === null
        ? null
        : { titleId, before: standing(before, titleId), after: standing(after, titleId) },
  };
}

function requireWatched(inputs: RecommendationInputs, input: WithoutEvidenceInput): void {
  const evidence = new Set(profileOf(inputs.viewers, input.userId).map(({ titleId }) => titleId));
  const missing = input.watchedTitleIds.findIndex((id) => !evidence.has(id));
  if (missing >= 0)
    throw new ShowrunnerError('NOT_FOUND', 'The user has neither begun nor judged this series.', {
      field: `watchedSeriesIds.${missing}`,
      remedy: "Pass a series of the user's `watchStates` or `feedback`, or one that evidence names.",
    });
  if (input.titleId !== null && !inputs.library.rowOf.has(input.titleId))
    throw new ShowrunnerError('NOT_FOUND', 'There is no such series on the media server.', {
      field: 'seriesId',
      remedy: 'Pass the id of a Series that is on the media server.',
    });
}

function placeOf(list: readonly { readonly titleId: number }[], titleId: number): number | null {
  const index = list.findIndex((one) => one.titleId === titleId);
  return index < 0 ? null : index + 1;
}
