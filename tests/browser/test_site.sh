#!/usr/bin/env bash
# Runs the browser tests with Node, playwright-core and Debian's Chromium. Skipped where they are not there.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${PINCITE_BUILD:-build}
[ -n "${PINCITE_SANITIZE:-}" ] && { echo "skipped: the browser looks at the release build"; exit 77; }
command -v node >/dev/null && command -v npm >/dev/null || { echo "skipped: no node or npm"; exit 77; }
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || { echo "skipped: no chromium"; exit 77; }
. tests/browser/packages.sh "$build/browser"
node --test --test-reporter=spec "$build"/browser/tests/*_test.mjs
