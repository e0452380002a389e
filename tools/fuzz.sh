#!/usr/bin/env bash
# Fuzzes each door, or the one named, with libFuzzer, address and undefined-behaviour sanitizers.
#   tools/fuzz.sh SECONDS [TARGET]     TARGET: the part before _fuzz.c in tests/fuzz/
# New inputs go to build/fuzz/found/TARGET; a crash is kept in tests/fuzz/corpus/TARGET as a test.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
only=${2:-}
cmake --preset fuzz >/dev/null
cmake --build build/fuzz --target fuzz_targets
for source in tests/fuzz/*_fuzz.c; do
    target=$(basename "$source" _fuzz.c)
    [ -z "$only" ] || [ "$only" = "$target" ] || continue
    found=build/fuzz/found/$target
    mkdir -p "$found" "tests/fuzz/corpus/$target"
    printf '== fuzz %s for %s s\n' "$target" "$seconds"
    "build/fuzz/tests/${target}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="tests/fuzz/corpus/$target/crash-" "$found" "tests/fuzz/corpus/$target" 2>&1 |
        grep -E 'ERROR|SUMMARY|stat::number_of_executed_units|DONE|crash' || true
    if ls "tests/fuzz/corpus/$target"/crash-* >/dev/null 2>&1; then
        echo "crashing inputs are in tests/fuzz/corpus/$target" >&2
        exit 1
    fi
done
