/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query ExportPicks($after: String) {\n  users(first: 20, after: $after) {\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      name\n      recommendations {\n        generatedAt\n        picks(first: 100) {\n          rank\n          score\n          isRewatch\n          explanation\n          series {\n            name\n            year\n            externalIds {\n              imdb\n              tvdb\n              tmdb\n            }\n          }\n        }\n      }\n    }\n  }\n}": typeof types.ExportPicksDocument,
    "mutation StartWorkflow($workflow: WorkflowName!) {\n  runWorkflow(workflow: $workflow) {\n    __typename\n    ... on StartedWorkflow {\n      alreadyActive\n      workflow {\n        id\n      }\n    }\n    ... on Failure {\n      message\n      remedy\n    }\n  }\n}\n\nsubscription WatchWorkflow($id: ID!, $after: String) {\n  workflowRunEvents(id: $id, after: $after) {\n    ...EventFields\n    ... on WorkflowSnapshot {\n      workflow {\n        name\n        state\n        jobs\n        runs {\n          id\n          job\n        }\n      }\n    }\n  }\n}": typeof types.StartWorkflowDocument,
    "fragment RunFields on JobRun {\n  id\n  job\n  state\n  attempt\n  durationMs\n  failureCount\n  result {\n    dryRun\n    counts {\n      name\n      value\n    }\n  }\n  error {\n    code\n    message\n    remedy\n  }\n}\n\nfragment StepFields on JobStep {\n  name\n  unit\n  done\n  total\n  fraction\n  ratePerSecond\n  timeLeftMs\n}\n\nfragment EventFields on JobEvent {\n  __typename\n  at\n  cursor\n  runId\n  ... on JobRunSnapshot {\n    run {\n      ...RunFields\n    }\n  }\n  ... on JobStateChanged {\n    state\n    attempt\n    reason\n    error {\n      code\n      message\n      remedy\n    }\n    result {\n      dryRun\n      counts {\n        name\n        value\n      }\n    }\n  }\n  ... on JobStepStarted {\n    step {\n      ...StepFields\n    }\n  }\n  ... on JobStepFinished {\n    step {\n      ...StepFields\n    }\n  }\n  ... on JobProgress {\n    step {\n      ...StepFields\n    }\n  }\n  ... on JobLogLine {\n    level\n    message\n  }\n  ... on JobItemFailed {\n    item\n    failure: error {\n      message\n      remedy\n    }\n  }\n  ... on JobResync {\n    reason\n    missingFrom\n    missingTo\n  }\n}": typeof types.RunFieldsFragmentDoc,
    "mutation StartJob($input: RunJobInput!) {\n  runJob(input: $input) {\n    __typename\n    ... on StartedRun {\n      alreadyActive\n      run {\n        id\n      }\n    }\n    ... on Failure {\n      message\n      remedy\n    }\n  }\n}\n\nsubscription WatchRun($runId: ID!, $after: String) {\n  jobRunEvents(runId: $runId, after: $after) {\n    ...EventFields\n  }\n}": typeof types.StartJobDocument,
};
const documents: Documents = {
    "query ExportPicks($after: String) {\n  users(first: 20, after: $after) {\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      name\n      recommendations {\n        generatedAt\n        picks(first: 100) {\n          rank\n          score\n          isRewatch\n          explanation\n          series {\n            name\n            year\n            externalIds {\n              imdb\n              tvdb\n              tmdb\n            }\n          }\n        }\n      }\n    }\n  }\n}": types.ExportPicksDocument,
    "mutation StartWorkflow($workflow: WorkflowName!) {\n  runWorkflow(workflow: $workflow) {\n    __typename\n    ... on StartedWorkflow {\n      alreadyActive\n      workflow {\n        id\n      }\n    }\n    ... on Failure {\n      message\n      remedy\n    }\n  }\n}\n\nsubscription WatchWorkflow($id: ID!, $after: String) {\n  workflowRunEvents(id: $id, after: $after) {\n    ...EventFields\n    ... on WorkflowSnapshot {\n      workflow {\n        name\n        state\n        jobs\n        runs {\n          id\n          job\n        }\n      }\n    }\n  }\n}": types.StartWorkflowDocument,
    "fragment RunFields on JobRun {\n  id\n  job\n  state\n  attempt\n  durationMs\n  failureCount\n  result {\n    dryRun\n    counts {\n      name\n      value\n    }\n  }\n  error {\n    code\n    message\n    remedy\n  }\n}\n\nfragment StepFields on JobStep {\n  name\n  unit\n  done\n  total\n  fraction\n  ratePerSecond\n  timeLeftMs\n}\n\nfragment EventFields on JobEvent {\n  __typename\n  at\n  cursor\n  runId\n  ... on JobRunSnapshot {\n    run {\n      ...RunFields\n    }\n  }\n  ... on JobStateChanged {\n    state\n    attempt\n    reason\n    error {\n      code\n      message\n      remedy\n    }\n    result {\n      dryRun\n      counts {\n        name\n        value\n      }\n    }\n  }\n  ... on JobStepStarted {\n    step {\n      ...StepFields\n    }\n  }\n  ... on JobStepFinished {\n    step {\n      ...StepFields\n    }\n  }\n  ... on JobProgress {\n    step {\n      ...StepFields\n    }\n  }\n  ... on JobLogLine {\n    level\n    message\n  }\n  ... on JobItemFailed {\n    item\n    failure: error {\n      message\n      remedy\n    }\n  }\n  ... on JobResync {\n    reason\n    missingFrom\n    missingTo\n  }\n}": types.RunFieldsFragmentDoc,
    "mutation StartJob($input: RunJobInput!) {\n  runJob(input: $input) {\n    __typename\n    ... on StartedRun {\n      alreadyActive\n      run {\n        id\n      }\n    }\n    ... on Failure {\n      message\n      remedy\n    }\n  }\n}\n\nsubscription WatchRun($runId: ID!, $after: String) {\n  jobRunEvents(runId: $runId, after: $after) {\n    ...EventFields\n  }\n}": types.StartJobDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ExportPicks($after: String) {\n  users(first: 20, after: $after) {\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      name\n      recommendations {\n        generatedAt\n        picks(first: 100) {\n          rank\n          score\n          isRewatch\n          explanation\n          series {\n            name\n            year\n            externalIds {\n              imdb\n              tvdb\n              tmdb\n            }\n          }\n        }\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').ExportPicksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation StartWorkflow($workflow: WorkflowName!) {\n  runWorkflow(workflow: $workflow) {\n    __typename\n    ... on StartedWorkflow {\n      alreadyActive\n      workflow {\n        id\n      }\n    }\n    ... on Failure {\n      message\n      remedy\n    }\n  }\n}\n\nsubscription WatchWorkflow($id: ID!, $after: String) {\n  workflowRunEvents(id: $id, after: $after) {\n    ...EventFields\n    ... on WorkflowSnapshot {\n      workflow {\n        name\n        state\n        jobs\n        runs {\n          id\n          job\n        }\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').StartWorkflowDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment RunFields on JobRun {\n  id\n  job\n  state\n  attempt\n  durationMs\n  failureCount\n  result {\n    dryRun\n    counts {\n      name\n      value\n    }\n  }\n  error {\n    code\n    message\n    remedy\n  }\n}\n\nfragment StepFields on JobStep {\n  name\n  unit\n  done\n  total\n  fraction\n  ratePerSecond\n  timeLeftMs\n}\n\nfragment EventFields on JobEvent {\n  __typename\n  at\n  cursor\n  runId\n  ... on JobRunSnapshot {\n    run {\n      ...RunFields\n    }\n  }\n  ... on JobStateChanged {\n    state\n    attempt\n    reason\n    error {\n      code\n      message\n      remedy\n    }\n    result {\n      dryRun\n      counts {\n        name\n        value\n      }\n    }\n  }\n  ... on JobStepStarted {\n    step {\n      ...StepFields\n    }\n  }\n  ... on JobStepFinished {\n    step {\n      ...StepFields\n    }\n  }\n  ... on JobProgress {\n    step {\n      ...StepFields\n    }\n  }\n  ... on JobLogLine {\n    level\n    message\n  }\n  ... on JobItemFailed {\n    item\n    failure: error {\n      message\n      remedy\n    }\n  }\n  ... on JobResync {\n    reason\n    missingFrom\n    missingTo\n  }\n}"): typeof import('./graphql.ts').RunFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation StartJob($input: RunJobInput!) {\n  runJob(input: $input) {\n    __typename\n    ... on StartedRun {\n      alreadyActive\n      run {\n        id\n      }\n    }\n    ... on Failure {\n      message\n      remedy\n    }\n  }\n}\n\nsubscription WatchRun($runId: ID!, $after: String) {\n  jobRunEvents(runId: $runId, after: $after) {\n    ...EventFields\n  }\n}"): typeof import('./graphql.ts').StartJobDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
