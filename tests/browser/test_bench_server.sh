#!/usr/bin/env bash
# Runs the test of the server that `make bench-web` measures against. Skipped where there is no Node.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
node --test --test-reporter=spec tests/browser/bench_server.mjs
