#!/usr/bin/env bash
# Runs the tests of exported sites: three hosts, and hosts that behave badly.
# Skipped where there is no Node or browser, or the program was built without clang.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${PINCITE_BUILD:-build}
export PINCITE=${PINCITE:-$build/pincite}
[ -n "${PINCITE_SANITIZE:-}" ] && { echo "skipped: the browser looks at the release build"; exit 77; }
command -v node >/dev/null && command -v npm >/dev/null || { echo "skipped: no node or npm"; exit 77; }
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || { echo "skipped: no chromium"; exit 77; }
[ -f "$build/web/pincite.wasm" ] || { echo "skipped: built without clang-14 and lld-14"; exit 77; }
export PINCITE_WEB=$PWD/$build/web
case $build in /*) PINCITE_WEB=$build/web ;; esac
. tests/browser/packages.sh "$build/browser"
node --test --test-reporter=spec "$build"/browser/tests/web_hosts.mjs
