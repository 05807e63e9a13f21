import type { EnabledUser } from '../watch/watch-snapshot.repo.ts';
import { candidateRules, type Exclusion } from './candidates.ts';
import {
  type GroupStrategy,
  groupScore,
  groupShares,
  type MemberShare,
  memberScores,
} from './group-scores.ts';
import type { RecommendationInputs } from './recommendation-inputs.ts';
import type { TitleScores } from './score-titles.ts';
import type { SelectionSettings } from './selection-settings.ts';
import type { Pause } from './steps.ts';
import { type Picking, pickingOf } from './user-recommendations.ts';
import { viewerScores } from './viewer-scores.ts';

/** A member of a group, with what decides about titles. */
export interface GroupMember {
  readonly user: EnabledUser;
  readonly picking: Picking;
  readonly result: TitleScores;
  /** Titles the member has begun or knows. */
  readonly known: ReadonlySet<number>;
  /** Titles the member may not see, or does not want to. */
  readonly barred: ReadonlySet<number>;
}

/** The titles that a group may watch, and their scores. */
export interface GroupCandidates {
  readonly titles: readonly { readonly titleId: number; readonly row: number }[];
  /** Of the group, one for each title. */
  readonly scores: Float64Array;
  /** The parts of the members in the score of the title at `index`. */
  sharesOf(index: number): MemberShare[];
  /** Place of the title at `index` by the score of one member; 1 is the best. */
  rankFor(member: number, index: number): number;
}

/** Scores the library for one member and sorts out what they know and what they must not be offered. */
export async function groupMember(
  inputs: RecommendationInputs,
  user: EnabledUser,
  settings: { readonly selection: SelectionSettings; readonly now: Date },
  pause: Pause,
): Promise<GroupMember> {
  const picking = pickingOf(inputs, user, settings.selection.count, settings.now);
  await pause();
  const { library, audience } = inputs;
  const result = await viewerScores(library, audience, picking.taste, picking.options, pause);
  const rules = candidateRules(picking.candidates);
  const open = new Set(picking.pools.firstTime);
  const known = new Set<number>();
  const barred = new Set<number>();
  for (const title of inputs.titles) {
    const exclusion = open.has(title.id) ? null : rules.exclusionOf(title);
    if (exclusion) (isKnown(exclusion) && !rules.isUnwanted(title) ? known : barred).add(title.id);
    await pause();
  }
  return { user, picking, result, known, barred };
}

function isKnown({ reason }: Exclusion): boolean {
  return reason === 'ALREADY_BEGUN' || reason === 'SECOND_COPY' || reason === 'ALREADY_RATED';
}

/**
 * Gathers what all members may be offered and at most `begunByAtMost` of them know, and scores it for the group.
 */
export async function groupCandidates(
  inputs: RecommendationInputs,
  members: readonly GroupMember[],
  wanted: { readonly strategy: GroupStrategy; readonly begunByAtMost: number },
  pause: Pause,
): Promise<GroupCandidates> {
  const titles: { titleId: number; row: number }[] = [];
  for (const { id } of inputs.titles) {
    await pause();
    const row = inputs.library.rowOf.get(id);
    if (row === undefined || members.some(({ barred }) => barred.has(id))) continue;
    const knownBy = members.filter(({ known }) => known.has(id)).length;
    if (knownBy <= wanted.begunByAtMost) titles.push({ titleId: id, row });
  }
  const own: number[][] = [];
  for (const { result } of members) {
    await pause();
    own.push(memberScores(titles.map(({ row }) => result.scores[row] ?? Number.NaN)));
  }
  const sharesOf = (index: number) =>
    groupShares(
      own.map((scores) => scores[index] ?? 0),
      wanted.strategy,
    );
  const scores = new Float64Array(titles.length);
  for (const index of titles.keys()) {
    await pause();
    scores[index] = groupScore(sharesOf(index));
  }
  return {
    titles,
    scores,
    sharesOf,
    rankFor: (member, index) => {
      const all = own[member] ?? [];
      const score = all[index] ?? 0;
      return 1 + all.filter((other, at) => other > score || (other === score && at < index)).length;
    },
  };
}
