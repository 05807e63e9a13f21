import { z } from 'zod';
import type { Operation } from './graphql-client.ts';

const id = z.object({ id: z.string() });

/** Starts the first set-up. */
export const START: Operation<{ runWorkflow: { workflow: { id: string } } }> = {
  query: `mutation { runWorkflow(workflow: INITIAL_SETUP) { ... on StartedWorkflow { workflow { id } } } }`,
  data: z.object({ runWorkflow: z.object({ workflow: id }) }),
};

const step = z.object({
  name: z.string(),
  unit: z.string().nullable(),
  done: z.number(),
  total: z.number().nullable(),
  ratePerSecond: z.number().nullable(),
  timeLeftMs: z.number().nullable(),
});

const result = z.object({ counts: z.array(z.object({ name: z.string(), value: z.number() })) }).nullable();
const failure = z.object({ message: z.string(), remedy: z.string().nullable() });

const workflow = z.object({ state: z.string(), jobs: z.array(z.string()) });
const run = z.object({ id: z.string(), job: z.string(), state: z.string() });

const event = z.discriminatedUnion('__typename', [
  z.object({ __typename: z.literal('WorkflowSnapshot'), workflow }),
  z.object({ __typename: z.literal('JobRunSnapshot'), run }),
  z.object({
    __typename: z.literal('JobStateChanged'),
    at: z.string(),
    state: z.string(),
    result,
    error: failure.nullable(),
  }),
  z.object({ __typename: z.literal('JobStepStarted'), step }),
  z.object({ __typename: z.literal('JobStepFinished'), step }),
  z.object({ __typename: z.literal('JobProgress'), step }),
  z.object({ __typename: z.literal('JobLogLine'), level: z.string(), message: z.string() }),
  z.object({ __typename: z.literal('JobItemFailed'), item: z.string(), error: failure.nullable() }),
  z.object({ __typename: z.literal('JobHeartbeat') }),
  z.object({ __typename: z.literal('JobResync') }),
]);

export type WorkflowEvent = z.output<typeof event>;
export type StepProgress = z.output<typeof step>;

const STEP = 'step { name unit done total ratePerSecond timeLeftMs }';

/** Follows a workflow to its end. */
export const FOLLOW: Operation<{ workflowRunEvents: WorkflowEvent }> = {
  query: `subscription Follow($id: ID!) {
    workflowRunEvents(id: $id) {
      __typename
      ... on WorkflowSnapshot { workflow { state jobs } }
      ... on JobRunSnapshot { run { id job state } }
      ... on JobStateChanged { at state result { counts { name value } } error { message remedy } }
      ... on JobStepStarted { ${STEP} }
      ... on JobStepFinished { ${STEP} }
      ... on JobProgress { ${STEP} }
      ... on JobLogLine { level message }
      ... on JobItemFailed { item error { message remedy } }
    }
  }`,
  data: z.object({ workflowRunEvents: event }),
};

const pick = z.object({
  rank: z.number(),
  score: z.number(),
  explanation: z.string().nullable(),
  series: z.object({ name: z.string(), year: z.number().nullable() }),
});

const user = z.object({
  name: z.string(),
  recommendations: z.object({ historyCount: z.number(), picks: z.array(pick) }).nullable(),
  library: z.object({ path: z.string(), fileCount: z.number() }).nullable(),
});

export type UserPicks = z.output<typeof user>;

/** The first picks of every user. */
export const PICKS: Operation<{ users: { nodes: UserPicks[] } }> = {
  query: `query Picks {
    users(first: 100) {
      nodes {
        name
        recommendations { historyCount picks(first: 5) { rank score explanation series { name year } } }
        library { path fileCount }
      }
    }
  }`,
  data: z.object({ users: z.object({ nodes: z.array(user) }) }),
};
