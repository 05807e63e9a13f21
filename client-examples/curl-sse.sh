#!/usr/bin/env bash
# Follows a run, or all runs when none is given, over server-sent events with curl alone.
#
#   client-examples/curl-sse.sh [RUN_ID [AFTER]]
set -euo pipefail

url=${SHOWRUNNER_URL:-http://127.0.0.1:4400/graphql}
key=${SHOWRUNNER_KEY:?Set SHOWRUNNER_KEY to an API key.}

if [ $# -eq 0 ]; then
  body='{"query":"subscription { jobRuns { __typename cursor ... on JobRunsSnapshot { runs { id job state } } ... on JobRunUpdated { run { id job state failureCount durationMs } } } }"}'
else
  query='subscription ($runId: ID!, $after: String) { jobRunEvents(runId: $runId, after: $after) {'
  query+=' __typename cursor ... on JobStateChanged { state reason } ... on JobLogLine { level message }'
  query+=' ... on JobProgress { step { name done total } } ... on JobItemFailed { item }'
  query+=' ... on JobResync { missingFrom missingTo } } }'
  after=${2:+\"$2\"}
  body="{\"query\":\"$query\",\"variables\":{\"runId\":\"$1\",\"after\":${after:-null}}}"
fi

# The key goes through a file descriptor: arguments can be read by every user of the machine.
curl --silent --show-error --no-buffer --fail-with-body "$url" \
  --header @<(printf 'Authorization: Bearer %s\n' "$key") \
  --header 'Accept: text/event-stream' \
  --header 'Content-Type: application/json' \
  --data "$body"
