#!/usr/bin/env bash
# Instructions that pin_search executes for two fixed sets of queries, against the counts in
# tools/callgrind.counts: more than 3 % above is a failure, more than 3 % below asks to be written down.
# Counts, not seconds: the same on a busy machine. They depend on compiler, C library and vector unit, so
# they are only compared where those are what they were.
# usage: tools/callgrind.sh [BUILD]          compare (77: nothing to compare with)
#        tools/callgrind.sh --bless [BUILD]  write the counts
set -euo pipefail
cd "$(dirname "$0")/.."
bless=no
[ "${1:-}" = --bless ] && bless=yes && shift
pincite=$(realpath "${1:-build}/pincite")
counts=tools/callgrind.counts
command -v valgrind >/dev/null || { echo "valgrind is not installed: skipped"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -o "$work/generate" bench/generate/*.c -lm
# memset and memcpy as loops: the counter takes each step of a repeated string instruction for one
export GLIBC_TUNABLES=glibc.cpu.x86_rep_stosb_threshold=1073741824:glibc.cpu.x86_rep_movsb_threshold=1073741824

where() {
    local unit=plain
    grep -qm1 ' avx2 ' /proc/cpuinfo && unit=avx2
    echo "$(cc -dumpmachine)-$(cc -dumpfullversion)-$(ldd --version | sed -n '1s/.* //p')-$unit"
}

count() { # items
    "$work/generate" "$1" "$work/c.jsonl" "$work/q.tsv" "$work/r.tsv" 20 >/dev/null
    "$pincite" build "$work/c.jsonl" -o "$work/c.pin" >/dev/null 2>&1 || [ -s "$work/c.pin" ]
    valgrind --tool=callgrind --toggle-collect=pin_search --callgrind-out-file="$work/out" \
        "$pincite" search "$work/c.pin" --batch "$work/q.tsv" >/dev/null 2>"$work/log"
    sed -n 's/^summary: //p' "$work/out"
}

here=$(where)
status=77
[ $bless = yes ] && printf '# items of the generator, instructions of pin_search for its queries, where\n' >"$counts"
for items in 826 30000; do
    now=$(count $items)
    if [ $bless = yes ]; then
        echo "$items $now $here" >>"$counts"
        echo "$items items: $now instructions"
        status=0
        continue
    fi
    before=$(awk -v i=$items -v w="$here" '$1 == i && $3 == w { print $2 }' "$counts")
    if [ -z "$before" ]; then
        echo "$items items: $now instructions; no count of $here to compare with"
        continue
    fi
    [ $status = 77 ] && status=0
    awk -v now="$now" -v before="$before" -v items=$items 'BEGIN {
        change = 100 * (now - before) / before
        printf "%d items: %d instructions, %+.1f %%\n", items, now, change
        if (change < -3) print "less than before: tools/callgrind.sh --bless"
        exit change > 3 }' || status=1
done
exit $status
