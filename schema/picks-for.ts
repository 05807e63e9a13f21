import { z } from 'zod';
import { GROUP_STRATEGIES } from '../src/recommendations/group-scores.ts';
import {
  type GroupMemberPick,
  type GroupPick as GroupPickRow,
  type GroupPicks as GroupPicksRow,
  MAX_GROUP,
  picksFor,
} from '../src/recommendations/picks-for.ts';
import { builder } from './builder.ts';
import { computing, type Named, namedSeries, readNamed } from './computed.ts';
import { globalId } from './global-id.ts';
import { pageSize, parseInput } from './input.ts';
import { Evidence, Series, User } from './refs.ts';

const size = `Name 1 to ${MAX_GROUP} users.`;
const Arguments = z.object({
  userIds: z.array(globalId('User')).min(1, size).max(MAX_GROUP, size),
  first: pageSize(10),
  strategy: z.enum(GROUP_STRATEGIES).nullish(),
  begunByAtMost: z
    .number()
    .int()
    .min(0, 'A number from 0 is needed.')
    .max(MAX_GROUP)
    .nullish()
    .transform((count) => count ?? 0),
});

const GroupStrategy = builder.enumType('GroupStrategy', {
  description: 'How the scores of the members of a group make one.',
  values: {
    MIXED: { description: 'Half their mean, half the least of them: what all like, and nobody suffers.' },
    AVERAGE: { description: 'Their mean: what the group likes most in sum.' },
    LEAST_MISERY: { description: 'The least of them: what the least happy member likes most.' },
  },
});

type MemberRow = GroupMemberPick & { readonly named: Named };

const GroupMember = builder.objectRef<MemberRow>('GroupMemberPick').implement({
  description: 'What a pick for a group is to one member.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The member.',
      resolve: ({ userId, named }) => named.user(userId),
    }),
    score: t.exposeFloat('score', {
      description: "Standard deviations above the member's mean over the group's candidates.",
    }),
    share: t.exposeFloat('share', {
      description: "What the member adds to the group's score; the shares sum to it.",
    }),
    rank: t.exposeInt('rank', { description: "Place among the group's candidates for this member alone." }),
    hasBegun: t.exposeBoolean('hasBegun', {
      description: 'Whether the member has begun it already, or knows it otherwise.',
    }),
    evidence: t.field({
      type: [Evidence],
      description: 'Why it is for this member, the strongest reason first, at most three.',
      resolve: ({ evidence, named }) => evidence.map((entry) => named.evidence(entry)),
    }),
  }),
});

const GroupPick = builder.objectRef<GroupPickRow & { readonly named: Named }>('GroupPick').implement({
  description: 'A series for an evening together.',
  fields: (t) => ({
    rank: t.exposeInt('rank', { description: 'Place in the list; 1 is the best.' }),
    series: t.field({
      type: Series,
      description: 'What is recommended.',
      resolve: ({ titleId, named }) => named.series(titleId),
    }),
    score: t.exposeFloat('score', { description: 'Score of the group, comparable inside one answer only.' }),
    members: t.field({
      type: [GroupMember],
      description: 'The members in the order of the question.',
      resolve: ({ members, named }) => members.map((member) => ({ ...member, named })),
    }),
    explanation: t.exposeString('explanation', {
      nullable: true,
      description: 'Why it suits the group, naming nobody; null without reasons.',
    }),
  }),
});

const GroupPicks = builder.objectRef<GroupPicksRow & { readonly named: Named }>('GroupPicks').implement({
  description: 'Picks for a group of users.',
  fields: (t) => ({
    candidateCount: t.exposeInt('candidateCount', {
      description: 'Series that all of them may see and want, and that nobody has begun.',
    }),
    picks: t.field({
      type: [GroupPick],
      description: 'The best first.',
      resolve: ({ picks, named }) => picks.map((pick) => ({ ...pick, named })),
    }),
  }),
});

builder.queryField('picksFor', (t) =>
  t.field({
    type: GroupPicks,
    description:
      'Series for an evening together: in libraries open to all, hidden from none and begun by none, by the scores of all. Nothing is stored. The answer tells of the taste of every member: a VIEWER may ask for their own user alone.',
    args: {
      userIds: t.arg.idList({
        required: true,
        description: `Ids of Users with recommendations enabled, 1 to ${MAX_GROUP}.`,
      }),
      first: t.arg.int({ defaultValue: 10, description: 'How many at most, 1 to 100.' }),
      strategy: t.arg({ type: GroupStrategy, defaultValue: 'MIXED', description: 'How scores are joined.' }),
      begunByAtMost: t.arg.int({
        defaultValue: 0,
        description: 'How many members may have begun a series already.',
      }),
    },
    authScopes: (_root, args) => {
      const [first = 0, ...others] = new Set(parseInput(Arguments, args).userIds);
      return others.length === 0 ? { ownUser: first } : { role: 'OPERATOR' };
    },
    resolve: async (_root, args, context, info) => {
      const { strategy, ...asked } = parseInput(Arguments, args);
      const answer = await picksFor(computing(context), { ...asked, strategy: strategy ?? 'MIXED' });
      const evidence = answer.picks.flatMap(({ members }) => members.flatMap((member) => member.evidence));
      const named = await readNamed(context, info, {
        series: [...answer.picks.map(({ titleId }) => titleId), ...namedSeries(evidence)],
        users: asked.userIds,
      });
      return { ...answer, named };
    },
  }),
);
