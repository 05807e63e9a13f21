/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The jobs there are. */
export const JobName = {
  /** Removes embedding models that are no longer in use, with their vectors and indexes, and vectors of series that are gone. */
  CleanEmbeddings: 'CLEAN_EMBEDDINGS',
  /** Asks public catalogs for keywords, networks, status and votes of series that are new there or were read long ago. */
  EnrichMetadata: 'ENRICH_METADATA',
  /** Measures the recommender on the histories of this server, beside baselines, and learns from what became of past picks. */
  EvaluateRecommendations: 'EVALUATE_RECOMMENDATIONS',
  /** Embeds every series whose text or model has changed. */
  GenerateSeriesEmbeddings: 'GENERATE_SERIES_EMBEDDINGS',
  /** Scores, diversifies, ranks and explains the series that each enabled user has not begun. */
  GenerateSeriesRecommendations: 'GENERATE_SERIES_RECOMMENDATIONS',
  /** Reads series, seasons and episodes of all enabled libraries from the media server. */
  SyncSeries: 'SYNC_SERIES',
  /** Writes the picks of each enabled user as a library of the media server. */
  SyncSeriesLibraries: 'SYNC_SERIES_LIBRARIES',
  /** Reads what each enabled user has watched and works out where they stand with every series. */
  SyncSeriesWatchHistory: 'SYNC_SERIES_WATCH_HISTORY',
  /** Reads the users of the media server, their rights and whether they are disabled. */
  SyncUsers: 'SYNC_USERS'
} as const;

export type JobName = typeof JobName[keyof typeof JobName];
/** Where a run stands. SUCCEEDED, PARTIAL, FAILED and CANCELLED are final. */
export const JobRunState = {
  /** Ended because somebody cancelled it. */
  Cancelled: 'CANCELLED',
  /** Ended with an error. */
  Failed: 'FAILED',
  /** Its process died; it will be queued again. */
  Interrupted: 'INTERRUPTED',
  /** Did everything but some items, which are listed as failures. */
  Partial: 'PARTIAL',
  /** Waits for its turn, for a resource that another run holds, or for its next attempt. */
  Queued: 'QUEUED',
  /** Is being executed. */
  Running: 'RUNNING',
  /** Was cancelled and has not let go yet. */
  Stopping: 'STOPPING',
  /** Did everything. */
  Succeeded: 'SUCCEEDED'
} as const;

export type JobRunState = typeof JobRunState[keyof typeof JobRunState];
/** A job and its parameters. `Job.parameters` tells which ones a job takes; others are refused. */
export type RunJobInput = {
  /** Believe the server when a large part of a library is gone. */
  allowLargeRemoval?: boolean | null | undefined;
  /** Picks for each user, 1 to 100. */
  count?: number | null | undefined;
  /** Say what would be done and write nothing. */
  dryRun?: boolean | null | undefined;
  /** Do it again even where nothing has changed, and without prerequisites. */
  force?: boolean | null | undefined;
  /** Read everything, not only what is new since the last time. */
  full?: boolean | null | undefined;
  /** The job. */
  job: JobName;
  /** Days for which what is no longer in use is kept; default 30. */
  keepDays?: number | null | undefined;
  /** Ids of the Libraries to work on; all enabled ones when left out. */
  libraryIds?: Array<string | number> | null | undefined;
  /** Titles to work on at most. */
  limit?: number | null | undefined;
  /** Learn weights from what became of past picks; as the setting says when left out. */
  retrain?: boolean | null | undefined;
  /** Ids of the Series to work on; all when left out. */
  titleIds?: Array<string | number> | null | undefined;
  /** Ids of the Users to work on; all enabled ones when left out. */
  userIds?: Array<string | number> | null | undefined;
};

/** The workflows there are. */
export const WorkflowName = {
  /** All series jobs in order, with everything read from the media server again. */
  FullRefresh: 'FULL_REFRESH',
  /** Everything once, in order: from an empty database to a library for every enabled user. */
  InitialSetup: 'INITIAL_SETUP',
  /** After new content was added: both syncs, then enrich, embed, recommend, write libraries. */
  PostUpdate: 'POST_UPDATE',
  /** The weekly cycle: recommend, write libraries. */
  RecommendationCycle: 'RECOMMENDATION_CYCLE',
  /** When picks look wrong: embeddings and the whole history, then everybody’s picks made anew, then libraries. Stops when not all was read. */
  RepairRecommendations: 'REPAIR_RECOMMENDATIONS'
} as const;

export type WorkflowName = typeof WorkflowName[keyof typeof WorkflowName];
/** Where a workflow stands. All states but RUNNING are final, but `continueWorkflow` takes up one that has stopped. */
export const WorkflowState = {
  /** A run was cancelled, and the runs after it were not begun. */
  Cancelled: 'CANCELLED',
  /** A run failed, and the runs after it were not begun. */
  Failed: 'FAILED',
  /** Some items of some run failed. It has done all its steps, or stopped at one that says so. */
  Partial: 'PARTIAL',
  /** Has steps to do. */
  Running: 'RUNNING',
  /** All its runs succeeded. */
  Succeeded: 'SUCCEEDED'
} as const;

export type WorkflowState = typeof WorkflowState[keyof typeof WorkflowState];
export type ExportPicksQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type ExportPicksQuery = { users: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ name: string, recommendations: { generatedAt: string, picks: Array<{ rank: number, score: number, isRewatch: boolean, explanation: string | null, series: { name: string, year: number | null, externalIds: { imdb: string | null, tvdb: string | null, tmdb: string | null } } }> } | null }> } };

export type StartWorkflowMutationVariables = Exact<{
  workflow: WorkflowName;
}>;


export type StartWorkflowMutation = { runWorkflow:
    | { __typename: 'BadInputError', message: string, remedy: string | null }
    | { __typename: 'NotFoundError', message: string, remedy: string | null }
    | { __typename: 'PrerequisiteMissingError', message: string, remedy: string | null }
    | { __typename: 'SchedulerUnavailableError', message: string, remedy: string | null }
    | { __typename: 'StartedWorkflow', alreadyActive: boolean, workflow: { id: string } }
   };

export type WatchWorkflowSubscriptionVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type WatchWorkflowSubscription = { workflowRunEvents:
    | { __typename: 'JobHeartbeat', at: string, cursor: string | null, runId: string | null }
    | { __typename: 'JobItemFailed', item: string, at: string, cursor: string | null, runId: string | null, failure: { message: string, remedy: string | null } | null }
    | { __typename: 'JobLogLine', level: string, message: string, at: string, cursor: string | null, runId: string | null }
    | { __typename: 'JobProgress', at: string, cursor: string | null, runId: string | null, step: { name: string, unit: string | null, done: number, total: number | null, fraction: number | null, ratePerSecond: number | null, timeLeftMs: number | null } }
    | { __typename: 'JobResync', reason: string | null, missingFrom: number, missingTo: number, at: string, cursor: string | null, runId: string | null }
    | { __typename: 'JobRunSnapshot', at: string, cursor: string | null, runId: string | null, run: { id: string, job: JobName, state: JobRunState, attempt: number, durationMs: number | null, failureCount: number, result:
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
         | null, error: { code: string, message: string, remedy: string | null } | null } }
    | { __typename: 'JobStateChanged', state: JobRunState, attempt: number, reason: string | null, at: string, cursor: string | null, runId: string | null, error: { code: string, message: string, remedy: string | null } | null, result:
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
       | null }
    | { __typename: 'JobStepFinished', at: string, cursor: string | null, runId: string | null, step: { name: string, unit: string | null, done: number, total: number | null, fraction: number | null, ratePerSecond: number | null, timeLeftMs: number | null } }
    | { __typename: 'JobStepStarted', at: string, cursor: string | null, runId: string | null, step: { name: string, unit: string | null, done: number, total: number | null, fraction: number | null, ratePerSecond: number | null, timeLeftMs: number | null } }
    | { __typename: 'WorkflowSnapshot', at: string, cursor: string | null, runId: string | null, workflow: { name: string, state: WorkflowState, jobs: Array<JobName>, runs: Array<{ id: string, job: JobName }> } }
   };

export type RunFieldsFragment = { id: string, job: JobName, state: JobRunState, attempt: number, durationMs: number | null, failureCount: number, result:
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
   | null, error: { code: string, message: string, remedy: string | null } | null };

export type StepFieldsFragment = { name: string, unit: string | null, done: number, total: number | null, fraction: number | null, ratePerSecond: number | null, timeLeftMs: number | null };

type EventFields_JobHeartbeat_Fragment = { __typename: 'JobHeartbeat', at: string, cursor: string | null, runId: string | null };

type EventFields_JobItemFailed_Fragment = { __typename: 'JobItemFailed', item: string, at: string, cursor: string | null, runId: string | null, failure: { message: string, remedy: string | null } | null };

type EventFields_JobLogLine_Fragment = { __typename: 'JobLogLine', level: string, message: string, at: string, cursor: string | null, runId: string | null };

type EventFields_JobProgress_Fragment = { __typename: 'JobProgress', at: string, cursor: string | null, runId: string | null, step: { name: string, unit: string | null, done: number, total: number | null, fraction: number | null, ratePerSecond: number | null, timeLeftMs: number | null } };

type EventFields_JobResync_Fragment = { __typename: 'JobResync', reason: string | null, missingFrom: number, missingTo: number, at: string, cursor: string | null, runId: string | null };

type EventFields_JobRunSnapshot_Fragment = { __typename: 'JobRunSnapshot', at: string, cursor: string | null, runId: string | null, run: { id: string, job: JobName, state: JobRunState, attempt: number, durationMs: number | null, failureCount: number, result:
      | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
      | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
      | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
      | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
      | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
      | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
      | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
      | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
      | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
     | null, error: { code: string, message: string, remedy: string | null } | null } };

type EventFields_JobStateChanged_Fragment = { __typename: 'JobStateChanged', state: JobRunState, attempt: number, reason: string | null, at: string, cursor: string | null, runId: string | null, error: { code: string, message: string, remedy: string | null } | null, result:
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
    | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
   | null };

type EventFields_JobStepFinished_Fragment = { __typename: 'JobStepFinished', at: string, cursor: string | null, runId: string | null, step: { name: string, unit: string | null, done: number, total: number | null, fraction: number | null, ratePerSecond: number | null, timeLeftMs: number | null } };

type EventFields_JobStepStarted_Fragment = { __typename: 'JobStepStarted', at: string, cursor: string | null, runId: string | null, step: { name: string, unit: string | null, done: number, total: number | null, fraction: number | null, ratePerSecond: number | null, timeLeftMs: number | null } };

type EventFields_WorkflowSnapshot_Fragment = { __typename: 'WorkflowSnapshot', at: string, cursor: string | null, runId: string | null };

export type EventFieldsFragment =
  | EventFields_JobHeartbeat_Fragment
  | EventFields_JobItemFailed_Fragment
  | EventFields_JobLogLine_Fragment
  | EventFields_JobProgress_Fragment
  | EventFields_JobResync_Fragment
  | EventFields_JobRunSnapshot_Fragment
  | EventFields_JobStateChanged_Fragment
  | EventFields_JobStepFinished_Fragment
  | EventFields_JobStepStarted_Fragment
  | EventFields_WorkflowSnapshot_Fragment
;

export type StartJobMutationVariables = Exact<{
  input: RunJobInput;
}>;


export type StartJobMutation = { runJob:
    | { __typename: 'BadInputError', message: string, remedy: string | null }
    | { __typename: 'NotFoundError', message: string, remedy: string | null }
    | { __typename: 'PrerequisiteMissingError', message: string, remedy: string | null }
    | { __typename: 'SchedulerUnavailableError', message: string, remedy: string | null }
    | { __typename: 'StartedRun', alreadyActive: boolean, run: { id: string } }
   };

export type WatchRunSubscriptionVariables = Exact<{
  runId: string | number;
  after?: string | null | undefined;
}>;


export type WatchRunSubscription = { jobRunEvents:
    | { __typename: 'JobHeartbeat', at: string, cursor: string | null, runId: string | null }
    | { __typename: 'JobItemFailed', item: string, at: string, cursor: string | null, runId: string | null, failure: { message: string, remedy: string | null } | null }
    | { __typename: 'JobLogLine', level: string, message: string, at: string, cursor: string | null, runId: string | null }
    | { __typename: 'JobProgress', at: string, cursor: string | null, runId: string | null, step: { name: string, unit: string | null, done: number, total: number | null, fraction: number | null, ratePerSecond: number | null, timeLeftMs: number | null } }
    | { __typename: 'JobResync', reason: string | null, missingFrom: number, missingTo: number, at: string, cursor: string | null, runId: string | null }
    | { __typename: 'JobRunSnapshot', at: string, cursor: string | null, runId: string | null, run: { id: string, job: JobName, state: JobRunState, attempt: number, durationMs: number | null, failureCount: number, result:
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
          | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
         | null, error: { code: string, message: string, remedy: string | null } | null } }
    | { __typename: 'JobStateChanged', state: JobRunState, attempt: number, reason: string | null, at: string, cursor: string | null, runId: string | null, error: { code: string, message: string, remedy: string | null } | null, result:
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
        | { dryRun: boolean, counts: Array<{ name: string, value: number }> }
       | null }
    | { __typename: 'JobStepFinished', at: string, cursor: string | null, runId: string | null, step: { name: string, unit: string | null, done: number, total: number | null, fraction: number | null, ratePerSecond: number | null, timeLeftMs: number | null } }
    | { __typename: 'JobStepStarted', at: string, cursor: string | null, runId: string | null, step: { name: string, unit: string | null, done: number, total: number | null, fraction: number | null, ratePerSecond: number | null, timeLeftMs: number | null } }
    | { __typename: 'WorkflowSnapshot', at: string, cursor: string | null, runId: string | null }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const RunFieldsFragmentDoc = new TypedDocumentString(`
    fragment RunFields on JobRun {
  id
  job
  state
  attempt
  durationMs
  failureCount
  result {
    dryRun
    counts {
      name
      value
    }
  }
  error {
    code
    message
    remedy
  }
}
    `, {"fragmentName":"RunFields"}) as unknown as TypedDocumentString<RunFieldsFragment, unknown>;
export const StepFieldsFragmentDoc = new TypedDocumentString(`
    fragment StepFields on JobStep {
  name
  unit
  done
  total
  fraction
  ratePerSecond
  timeLeftMs
}
    `, {"fragmentName":"StepFields"}) as unknown as TypedDocumentString<StepFieldsFragment, unknown>;
export const EventFieldsFragmentDoc = new TypedDocumentString(`
    fragment EventFields on JobEvent {
  __typename
  at
  cursor
  runId
  ... on JobRunSnapshot {
    run {
      ...RunFields
    }
  }
  ... on JobStateChanged {
    state
    attempt
    reason
    error {
      code
      message
      remedy
    }
    result {
      dryRun
      counts {
        name
        value
      }
    }
  }
  ... on JobStepStarted {
    step {
      ...StepFields
    }
  }
  ... on JobStepFinished {
    step {
      ...StepFields
    }
  }
  ... on JobProgress {
    step {
      ...StepFields
    }
  }
  ... on JobLogLine {
    level
    message
  }
  ... on JobItemFailed {
    item
    failure: error {
      message
      remedy
    }
  }
  ... on JobResync {
    reason
    missingFrom
    missingTo
  }
}
    fragment RunFields on JobRun {
  id
  job
  state
  attempt
  durationMs
  failureCount
  result {
    dryRun
    counts {
      name
      value
    }
  }
  error {
    code
    message
    remedy
  }
}
fragment StepFields on JobStep {
  name
  unit
  done
  total
  fraction
  ratePerSecond
  timeLeftMs
}`, {"fragmentName":"EventFields"}) as unknown as TypedDocumentString<EventFieldsFragment, unknown>;
export const ExportPicksDocument = new TypedDocumentString(`
    query ExportPicks($after: String) {
  users(first: 20, after: $after) {
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      name
      recommendations {
        generatedAt
        picks(first: 100) {
          rank
          score
          isRewatch
          explanation
          series {
            name
            year
            externalIds {
              imdb
              tvdb
              tmdb
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ExportPicksQuery, ExportPicksQueryVariables>;
export const StartWorkflowDocument = new TypedDocumentString(`
    mutation StartWorkflow($workflow: WorkflowName!) {
  runWorkflow(workflow: $workflow) {
    __typename
    ... on StartedWorkflow {
      alreadyActive
      workflow {
        id
      }
    }
    ... on Failure {
      message
      remedy
    }
  }
}
    `) as unknown as TypedDocumentString<StartWorkflowMutation, StartWorkflowMutationVariables>;
export const WatchWorkflowDocument = new TypedDocumentString(`
    subscription WatchWorkflow($id: ID!, $after: String) {
  workflowRunEvents(id: $id, after: $after) {
    ...EventFields
    ... on WorkflowSnapshot {
      workflow {
        name
        state
        jobs
        runs {
          id
          job
        }
      }
    }
  }
}
    fragment RunFields on JobRun {
  id
  job
  state
  attempt
  durationMs
  failureCount
  result {
    dryRun
    counts {
      name
      value
    }
  }
  error {
    code
    message
    remedy
  }
}
fragment StepFields on JobStep {
  name
  unit
  done
  total
  fraction
  ratePerSecond
  timeLeftMs
}
fragment EventFields on JobEvent {
  __typename
  at
  cursor
  runId
  ... on JobRunSnapshot {
    run {
      ...RunFields
    }
  }
  ... on JobStateChanged {
    state
    attempt
    reason
    error {
      code
      message
      remedy
    }
    result {
      dryRun
      counts {
        name
        value
      }
    }
  }
  ... on JobStepStarted {
    step {
      ...StepFields
    }
  }
  ... on JobStepFinished {
    step {
      ...StepFields
    }
  }
  ... on JobProgress {
    step {
      ...StepFields
    }
  }
  ... on JobLogLine {
    level
    message
  }
  ... on JobItemFailed {
    item
    failure: error {
      message
      remedy
    }
  }
  ... on JobResync {
    reason
    missingFrom
    missingTo
  }
}`) as unknown as TypedDocumentString<WatchWorkflowSubscription, WatchWorkflowSubscriptionVariables>;
export const StartJobDocument = new TypedDocumentString(`
    mutation StartJob($input: RunJobInput!) {
  runJob(input: $input) {
    __typename
    ... on StartedRun {
      alreadyActive
      run {
        id
      }
    }
    ... on Failure {
      message
      remedy
    }
  }
}
    `) as unknown as TypedDocumentString<StartJobMutation, StartJobMutationVariables>;
export const WatchRunDocument = new TypedDocumentString(`
    subscription WatchRun($runId: ID!, $after: String) {
  jobRunEvents(runId: $runId, after: $after) {
    ...EventFields
  }
}
    fragment RunFields on JobRun {
  id
  job
  state
  attempt
  durationMs
  failureCount
  result {
    dryRun
    counts {
      name
      value
    }
  }
  error {
    code
    message
    remedy
  }
}
fragment StepFields on JobStep {
  name
  unit
  done
  total
  fraction
  ratePerSecond
  timeLeftMs
}
fragment EventFields on JobEvent {
  __typename
  at
  cursor
  runId
  ... on JobRunSnapshot {
    run {
      ...RunFields
    }
  }
  ... on JobStateChanged {
    state
    attempt
    reason
    error {
      code
      message
      remedy
    }
    result {
      dryRun
      counts {
        name
        value
      }
    }
  }
  ... on JobStepStarted {
    step {
      ...StepFields
    }
  }
  ... on JobStepFinished {
    step {
      ...StepFields
    }
  }
  ... on JobProgress {
    step {
      ...StepFields
    }
  }
  ... on JobLogLine {
    level
    message
  }
  ... on JobItemFailed {
    item
    failure: error {
      message
      remedy
    }
  }
  ... on JobResync {
    reason
    missingFrom
    missingTo
  }
}`) as unknown as TypedDocumentString<WatchRunSubscription, WatchRunSubscriptionVariables>;