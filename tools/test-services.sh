#!/usr/bin/env bash
# Runs the tests that depend on a store again, on every combination of stores. Fails when a service does not start.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.."
postgres=$("$here/services/postgres.sh" start | tail -n 1)
mongo=$("$here/services/mongo.sh" start | tail -n 1)
stop() { "$here/services/mongo.sh" stop || true; "$here/services/postgres.sh" stop >/dev/null || true; }
[[ ${KEEP_SERVICES:-} ]] || trap stop EXIT

echo "== PostgreSQL and the MongoDB wire protocol: everything that touches a store"
env "$postgres" "$mongo" npx vitest run tests/integration tests/api
echo "== PostgreSQL alone: the job engine and the main job"
env "$postgres" npx vitest run tests/integration/jobs tests/integration/server/main-job.test.ts
echo "== the embedded database and the MongoDB wire protocol: the job engine and the main job"
env "$mongo" npx vitest run tests/integration/jobs tests/integration/server/main-job.test.ts
