import type { Evidence } from '../../drizzle/tables/recommendations.ts';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { cachedInputs } from './cached-inputs.ts';
import { diversify } from './diversify.ts';
import { pickEvidence } from './evidence.ts';
import { explainGroup } from './explain-group.ts';
import { type GroupCandidates, type GroupMember, groupCandidates, groupMember } from './group-candidates.ts';
import type { GroupStrategy, MemberShare } from './group-scores.ts';
import type { RecommendationInputs } from './recommendation-inputs.ts';
import { selectionCaps } from './selection-caps.ts';
import type { SelectionSettings } from './selection-settings.ts';
import { takingTurns } from './steps.ts';
import { requireUser } from './viewer-scores.ts';

/** Viewers of one evening at most. */
export const MAX_GROUP = 20;
/** Reasons told for each member. */
const MAX_REASONS = 3;

/** What a pick is to one member of the group. */
export interface GroupMemberPick extends MemberShare {
  readonly userId: number;
  /** Place by score among the group's candidates for this member alone; 1 is the best. */
  readonly rank: number;
  readonly hasBegun: boolean;
  readonly evidence: readonly Evidence[];
}

/** A title for a group. */
export interface GroupPick {
  readonly rank: number;
  readonly titleId: number;
  readonly score: number;
  readonly members: readonly GroupMemberPick[];
  readonly explanation: string | null;
}

/** Picks for a group, and out of how many titles. */
export interface GroupPicks {
  readonly candidateCount: number;
  readonly picks: readonly GroupPick[];
}

/** Who watches, and what they want. */
export interface PicksForInput {
  /** 1 to 20 different users. */
  readonly userIds: readonly number[];
  readonly first: number;
  readonly strategy: GroupStrategy;
  /** Members who may have begun a title already, or know it otherwise. */
  readonly begunByAtMost: number;
}

/**
 * Picks series for an evening together: what every member may see and wants, and nobody has begun, by the scores of
 * all. Nothing is stored.
 *
 * @throws ShowrunnerError `BAD_INPUT` for no or more than 20 users, `NOT_FOUND` for a user without recommendations,
 *   `PREREQUISITE_MISSING` without any title
 */
export async function picksFor(
  context: Pick<VerbContext, 'db' | 'signal' | 'now'> & { readonly selection: SelectionSettings },
  input: PicksForInput,
): Promise<GroupPicks> {
  const userIds = [...new Set(input.userIds)];
  if (userIds.length === 0 || userIds.length > MAX_GROUP)
    throw new ShowrunnerError('BAD_INPUT', `Name 1 to ${MAX_GROUP} users.`, {
      field: 'userIds',
      value: String(userIds.length),
      remedy: 'Ask for those who watch together tonight.',
    });
  const inputs = await cachedInputs(context, context.selection);
  const users = userIds.map((id, index) => requireUser(inputs, id, `userIds.${index}`));
  const pause = takingTurns(context.signal);
  const settings = { selection: context.selection, now: context.now() };
  const members: GroupMember[] = [];
  for (const user of users) members.push(await groupMember(inputs, user, settings, pause));
  const candidates = await groupCandidates(inputs, members, input, pause);
  const nameOf = (id: number) => inputs.library.titles[inputs.library.rowOf.get(id) ?? -1]?.name;
  const picks: GroupPick[] = [];
  for (const index of chosenIndices(inputs, members, candidates, input.first, context.selection)) {
    const title = candidates.titles[index];
    if (!title) continue;
    const parts: GroupMemberPick[] = [];
    for (const [at, share] of candidates.sharesOf(index).entries()) {
      await pause();
      const member = members[at];
      if (!member) continue;
      const hasBegun = member.known.has(title.titleId);
      const rank = candidates.rankFor(at, index);
      const evidence = evidenceFor(inputs, member, title.row);
      parts.push({ userId: member.user.id, ...share, rank, hasBegun, evidence });
    }
    const reasons = parts.map(({ evidence, rank }) => ({
      evidence,
      place: rank / candidates.titles.length,
    }));
    picks.push({
      rank: picks.length + 1,
      titleId: title.titleId,
      score: candidates.scores[index] ?? 0,
      members: parts,
      explanation: explainGroup(reasons, nameOf, title.titleId),
    });
  }
  return { candidateCount: candidates.titles.length, picks };
}

/** Indices of the best candidates for the group, made diverse as a viewer's own picks are, in order. */
function chosenIndices(
  inputs: RecommendationInputs,
  members: readonly GroupMember[],
  candidates: GroupCandidates,
  count: number,
  selection: SelectionSettings,
): number[] {
  const { library } = inputs;
  const indexOf = new Map(candidates.titles.map(({ titleId }, index) => [titleId, index]));
  const ranked = candidates.titles.map(({ row, titleId }, index) => ({
    row,
    titleId,
    score: candidates.scores[index] ?? 0,
    rating: library.titles[row]?.rating ?? null,
  }));
  const liked = members.flatMap(({ picking }) =>
    picking.taste.liked.flatMap((row) => library.titles[row] ?? []),
  );
  const caps = selectionCaps(Math.min(count, ranked.length), liked, selection);
  const { content, titles } = library;
  const { diversity } = selection;
  const picks = diversify(ranked, { count, diversity, content, caps: { of: caps, titles } });
  return picks.flatMap(({ titleId }) => indexOf.get(titleId) ?? []);
}

function evidenceFor(inputs: RecommendationInputs, member: GroupMember, row: number): Evidence[] {
  const { library, audience } = inputs;
  const { taste, options } = member.picking;
  return pickEvidence(library, audience, taste, member.result, row, options.currentYear).slice(
    0,
    MAX_REASONS,
  );
}
