const STEP = /* GraphQL */ `
  fragment Step on JobStep {
    name unit done total message startedAt finishedAt fraction ratePerSecond timeLeftMs
  }`;

const ERROR = /* GraphQL */ `
  fragment Error on JobError { code message remedy }`;

const RUN = /* GraphQL */ `
  fragment Run on JobRun {
    id job state attempt maxAttempts queuedAt startedAt finishedAt durationMs failureCount cursor workflowRunId
    trigger { kind key schedule }
    parameters { name value }
    steps { ...Step }
    result { dryRun counts { name value } }
    error { ...Error }
  }${STEP}${ERROR}`;

const EVENT = /* GraphQL */ `
  fragment Event on JobEvent {
    __typename at cursor runId
    ... on JobRunSnapshot { run { ...Run } }
    ... on JobStateChanged { state attempt reason error { ...Error } result { dryRun counts { name value } } }
    ... on JobStepStarted { step { ...Step } }
    ... on JobStepFinished { step { ...Step } }
    ... on JobProgress { step { ...Step } }
    ... on JobLogLine { level message fields { name value } }
    ... on JobItemFailed { item failure: error { ...Error } }
    ... on JobResync { reason missingFrom missingTo }
  }`;

const WORKFLOW = /* GraphQL */ `
  fragment Workflow on WorkflowRun {
    id name state position fractionDone canContinue startedAt finishedAt
    steps { job run { id } }
    runs { ...Run }
  }`;

const FAILURE = '... on Failure { code message remedy }';

export const SIGN_IN = /* GraphQL */ `
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) { __typename ... on SignInSuccess { key } ... on Failure { code message remedy } }
  }`;

export const SIGN_OUT = /* GraphQL */ `
  mutation SignOut { signOut { __typename ... on Failure { code message remedy } } }`;

export const ME = /* GraphQL */ `query Me { me { name role user { id name } } }`;

export const JOBS = /* GraphQL */ `
  query Jobs {
    jobs { name description parameters prerequisites lastRun { id job state queuedAt startedAt finishedAt durationMs } }
    __type(name: "WorkflowName") { enumValues { name description } }
  }`;

export const RUN_JOB = /* GraphQL */ `
  mutation RunJob($input: RunJobInput!) {
    runJob(input: $input) { ... on StartedRun { alreadyActive run { id } } ${FAILURE} }
  }`;

export const RUN_WORKFLOW = /* GraphQL */ `
  mutation RunWorkflow($workflow: WorkflowName!, $force: Boolean) {
    runWorkflow(workflow: $workflow, force: $force) { ... on StartedWorkflow { alreadyActive workflow { id } } ${FAILURE} }
  }`;

export const CONTINUE_WORKFLOW = /* GraphQL */ `
  mutation ContinueWorkflow($id: ID!) {
    continueWorkflow(id: $id) { ... on ContinuedWorkflow { workflow { id } } ${FAILURE} }
  }`;

export const CANCEL_WORKFLOW = /* GraphQL */ `
  mutation CancelWorkflow($id: ID!) {
    cancelWorkflow(id: $id) { ... on CancelledWorkflow { workflow { id } } ${FAILURE} }
  }`;

export const CANCEL_RUN = /* GraphQL */ `
  mutation CancelRun($runId: ID!) {
    cancelRun(runId: $runId) { ... on CancelledRun { run { id } } ${FAILURE} }
  }`;

export const RETRY_RUN = /* GraphQL */ `
  mutation RetryRun($runId: ID!) {
    retryRun(runId: $runId) { ... on StartedRun { run { id } } ${FAILURE} }
  }`;

export const RETRY_FAILED_ITEMS = /* GraphQL */ `
  mutation RetryFailedItems($runId: ID!) {
    retryFailedItems(runId: $runId) { ... on StartedRun { run { id } } ${FAILURE} }
  }`;

export const RUNS = /* GraphQL */ `
  query Runs($after: String, $filter: JobRunFilter) {
    jobRuns(first: 20, after: $after, filter: $filter) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id job state trigger { kind key schedule } queuedAt durationMs failureCount error { message } }
    }
  }`;

export const SCHEDULES = /* GraphQL */ `
  query Schedules { schedules { id jobs every timeZone enabled nextRunAt lastRunAt lastOutcome lastRun { id } } }`;

export const UPDATE_SCHEDULE = /* GraphQL */ `
  mutation UpdateSchedule($input: UpdateScheduleInput!) {
    updateSchedule(input: $input) {
      ... on UpdatedSchedule { schedule { id jobs every timeZone enabled nextRunAt lastRunAt lastOutcome lastRun { id } } }
      ${FAILURE}
    }
  }`;

export const USERS = /* GraphQL */ `
  query Users($after: String) {
    users(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id name recommendationsEnabled } }
  }`;

export const PICKS = /* GraphQL */ `
  query Picks($id: ID!) {
    user(id: $id) {
      name
      recommendationsEnabled
      recommendations {
        id generatedAt candidateCount historyCount model
        picks(first: 50) {
          rank score explanation isRewatch
          series { id name year genres networks posterUrl feedback(userId: $id) { rating dismissedAt snoozedUntil } }
          parts { signal contribution }
          evidence { kind traits count weight series { name } }
        }
      }
    }
  }`;

export const NEWEST_SET = /* GraphQL */ `query NewestSet($id: ID!) { user(id: $id) { recommendations { id } } }`;

export const FEEDBACK = /* GraphQL */ `
  query Feedback($id: ID!, $after: String) {
    user(id: $id) {
      feedback(first: 20, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { rating dismissedAt snoozedUntil series { id name } }
      }
    }
  }`;

const TAKEN = `... on FeedbackTaken { newPicksAsked } ${FAILURE}`;

export const RATE = /* GraphQL */ `
  mutation Rate($userId: ID!, $seriesId: ID!, $rating: Int) {
    rateSeries(userId: $userId, seriesId: $seriesId, rating: $rating) { ${TAKEN} }
  }`;

export const DISMISS = /* GraphQL */ `
  mutation Dismiss($userId: ID!, $seriesId: ID!) {
    dismissSeries(userId: $userId, seriesId: $seriesId) { ${TAKEN} }
  }`;

export const UNDISMISS = /* GraphQL */ `
  mutation Undismiss($userId: ID!, $seriesId: ID!) {
    undismissSeries(userId: $userId, seriesId: $seriesId) { ${TAKEN} }
  }`;

export const SNOOZE = /* GraphQL */ `
  mutation Snooze($userId: ID!, $seriesId: ID!, $until: DateTime!) {
    snoozeSeries(userId: $userId, seriesId: $seriesId, until: $until) { ${TAKEN} }
  }`;

export const UNSNOOZE = /* GraphQL */ `
  mutation Unsnooze($userId: ID!, $seriesId: ID!) {
    unsnoozeSeries(userId: $userId, seriesId: $seriesId) { ${TAKEN} }
  }`;

const OUTCOME = /* GraphQL */ `
  fragment Outcome on RecommendationOutcome { weightsVersion week shown inLibrary started kept finished startedShare }`;

export const QUALITY = /* GraphQL */ `
  query Quality {
    latestEvaluation {
      evaluatedAt weightsVersion userCount heldOutCount titleCount
      parameters { holdOutShare }
      results { scorer cohort userCount ndcg ndcgError recall hitRate coverage novelty diversity }
    }
    byWeek: recommendationOutcomes(groupBy: [WEEK, VERSION]) { ...Outcome }
    byVersion: recommendationOutcomes(groupBy: [VERSION]) { ...Outcome }
  }${OUTCOME}`;

export const SERIES = /* GraphQL */ `
  query FindSeries($search: String, $after: String) {
    seriesConnection(first: 20, search: $search, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id name year genres communityRating networks overview seasonCount episodeCount posterUrl }
    }
  }`;

export const RUN_UPDATES = /* GraphQL */ `
  subscription RunUpdates($after: String) {
    jobRuns(after: $after) {
      cursor
      ... on JobRunsSnapshot { runs { ...Line } }
      ... on JobRunUpdated { run { ...Line } }
    }
  }
  fragment Line on JobRun { id job state queuedAt startedAt finishedAt durationMs workflowRunId }`;

export const RUN_EVENTS = /* GraphQL */ `
  subscription RunEvents($runId: ID!, $after: String) {
    jobRunEvents(runId: $runId, after: $after) { ...Event }
  }${EVENT}${RUN}`;

export const WORKFLOW_EVENTS = /* GraphQL */ `
  subscription WorkflowEvents($id: ID!, $after: String) {
    workflowRunEvents(id: $id, after: $after) { ...Event ... on WorkflowSnapshot { workflow { ...Workflow } } }
  }${EVENT}${RUN}${WORKFLOW}`;
