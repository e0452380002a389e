#!/usr/bin/env bash
# Everything CI needs: layers, the release build with warnings as errors, all tests; then the same
# tests under sanitizers. Ends with one line that counts both runs.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}

say() { printf '\n== %s\n' "$*"; }

say "layers"
python3 tools/layers.py

say "release build and tests"
cmake --preset dev -B "$build" >/dev/null
cmake --build "$build" --target all unit_tests fuzz_targets
status=0
ctest --test-dir "$build" --output-on-failure -j 2 || status=1

say "the same under AddressSanitizer and UndefinedBehaviorSanitizer"
cmake --preset asan -B "$build/asan" >/dev/null
cmake --build "$build/asan" --target all unit_tests fuzz_targets
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
ctest --test-dir "$build/asan" --output-on-failure -j 2 -LE 'release-only' || status=1

exit $status
