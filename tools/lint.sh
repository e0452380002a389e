#!/usr/bin/env bash
# clang-tidy and cppcheck over our sources, where they are installed. Findings are printed; any ends in 1.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
[ -f "$build/compile_commands.json" ] || { echo "run make first" >&2; exit 2; }
mapfile -t files < <(git ls-files 'core/*.c' 'indexer/*.c' 'host/*.c' | grep -v _test.c)
status=0
if command -v clang-tidy-14 >/dev/null; then
    clang-tidy-14 -p "$build" --quiet \
        --checks='-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,clang-analyzer-*,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling' \
        --warnings-as-errors='*' "${files[@]}" || status=1
else
    echo "clang-tidy-14 is not installed: skipped"
fi
if command -v cppcheck >/dev/null; then
    cppcheck --quiet --std=c11 --enable=warning,performance,portability --error-exitcode=1 --inline-suppr \
        -Iinclude -I. "${files[@]}" || status=1
else
    echo "cppcheck is not installed: skipped"
fi
exit $status
