#!/usr/bin/env bash
# Runs the loader, in Node, over index files that are damaged or lie. Skipped where there is no Node, or the program was
# built without clang.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${PINCITE_BUILD:-build}
export PINCITE=${PINCITE:-$build/pincite}
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
[ -f "$build/web/pincite.wasm" ] || { echo "skipped: built without clang-14 and lld-14"; exit 77; }
export PINCITE_WEB=$build/web
[ -n "${PINCITE_SANITIZE:-}" ] && { echo "skipped: the module is that of the release build"; exit 77; }
node --test --test-reporter=spec tests/browser/web_hostile.mjs
