#!/bin/bash
# When memory runs out, at whatever allocation, a build says so in one line, exits with 2 and leaves the
# old index as it was; it never crashes. MEMORY_POINTS is how many allocations are tried (0: all).
set -u
pincite=${PINCITE:?the program under test}
points=${MEMORY_POINTS:-120}
here=$(cd "$(dirname "$0")/../.." && pwd)
[ -x "$pincite" ] || { echo "skipped: no program at $pincite"; exit 77; }
[ -z "${PINCITE_SANITIZE:-}" ] || { echo "skipped: sanitizers bring their own malloc"; exit 77; }
command -v "${CC:-cc}" > /dev/null || { echo "skipped: no compiler for the preloaded malloc"; exit 77; }

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
"${CC:-cc}" -O1 -shared -fPIC "$here/tests/faults/fail_malloc.c" -o "$work/fail.so" -ldl || exit 1
corpus=$here/examples/cra/security-updates.md
source=$here/examples/cra/source
failures=0

build() { LD_PRELOAD=$work/fail.so "$pincite" build "$corpus" --source "cra=$source" -o "$work/faq.pin"; }
sum() { sha256sum < "$work/faq.pin" | cut -d' ' -f1; }

FAIL_COUNT=$work/count build > /dev/null 2>&1 || { echo "the build fails with all the memory it wants"; exit 1; }
count=$(cat "$work/count")
new=$(sum)
"$pincite" build "$here/examples/cra/key-terms.md" -o "$work/old.pin" > /dev/null 2>&1 || exit 1
old=$(sha256sum < "$work/old.pin" | cut -d' ' -f1)
[ "$count" -gt 100 ] || { echo "only $count allocations: the preloaded malloc is not in use"; exit 1; }
[ "$points" != 0 ] && [ "$points" -lt "$count" ] || points=$count

tried=0
for ((i = 1; i <= points; i++)); do
    # spread over the whole run, and the first ones one by one
    n=$((i <= points / 4 ? i : i * count / points))
    cp "$work/old.pin" "$work/faq.pin"
    code=$( { FAIL_AT=$n build > /dev/null 2> "$work/err"; } 2> /dev/null; echo $?)
    tried=$((tried + 1))
    is=$(sum)
    if [ "$code" = 0 ]; then # something that it can do without: libraries have such
        [ "$is" = "$new" ] || { echo "FAILED: allocation $n: exit 0 without the new index"; failures=$((failures + 1)); }
    elif [ "$code" != 2 ] || [ "$is" != "$old" ] || [ "$(find "$work" -name '.*pin-part*' | wc -l)" != 0 ]; then
        echo "FAILED: allocation $n of $count: exit $code, $([ "$is" = "$old" ] && echo old || echo other) index: $(head -c 300 "$work/err")"
        failures=$((failures + 1))
    fi
done
echo "$tried of $count allocations made to fail, $failures failures"
[ "$failures" = 0 ]
