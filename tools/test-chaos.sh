#!/usr/bin/env bash
# Disturbs real servers in the middle of every job and checks that nothing is lost: kill -9, a frozen process, a database
# or MongoDB that is away.
#   test-chaos.sh                     every fault on every combination of stores once, the jobs taking turns
#   test-chaos.sh --rounds 20         every job with every fault on every combination, 20 times
#   test-chaos.sh --seed 1a2b3c       the same moments again as in the run that printed this seed
#   test-chaos.sh --only "kill sync-series"   only rounds whose name has all of these words
# Stores: the services of tools/services are started, unless EMBEDDED_ONLY is set.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.."
settings=()
while (($# > 0)); do
  case $1 in
    --rounds) settings+=("CHAOS_ROUNDS=${2:?a number}") ;;
    --seed) settings+=("CHAOS_SEED=${2:?a seed}") ;;
    --only) settings+=("CHAOS_ONLY=${2:?words}") ;;
    *)
      sed -n '2,9p' "${BASH_SOURCE[0]}"
      exit 2
      ;;
  esac
  shift 2
done
if [[ -z ${EMBEDDED_ONLY:-} ]]; then
  settings+=("$("$here/services/postgres.sh" start | tail -n 1)")
  settings+=("$("$here/services/mongo.sh" start | tail -n 1)")
  stop() { "$here/services/mongo.sh" stop || true; "$here/services/postgres.sh" stop >/dev/null || true; }
  [[ ${KEEP_SERVICES:-} ]] || trap stop EXIT
fi
env "${settings[@]}" npx vitest run --config tests/chaos/vitest.config.ts
