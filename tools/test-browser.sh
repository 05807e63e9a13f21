#!/usr/bin/env bash
# Drives the live page in Chromium. Installs Chromium where there is none (Debian, root), and fails without one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -z ${CHROMIUM_PATH:-} ]] && ! command -v chromium >/dev/null; then
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium
fi
CI=true REQUIRE_BROWSER=1 npx vitest run tests/e2e/dashboard.test.ts
