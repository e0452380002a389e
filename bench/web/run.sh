#!/usr/bin/env bash
# Measures the search of exported sites beside Pagefind, MiniSearch, FlexSearch, Lunr and Orama; writes
# bench/results/web. Fetches the peers with npm into build/bench/web, and nothing else.
#   SIZES="real 826 10000 100000"   ENGINES="pincite pagefind minisearch flexsearch lunr orama"
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
here=$PWD/bench/web
work=$build/bench/web
[ -f "$build/web/pincite.wasm" ] || { echo "bench-web needs the search module: make deps, then make" >&2; exit 2; }
mkdir -p "$work" bench/results/web
if ! cmp -s "$here/package.json" "$work/package.json" || [ ! -d "$work/node_modules" ]; then
    cp "$here/package.json" "$work/package.json"
    (cd "$work" && npm install --no-audit --no-fund --loglevel=error)
fi
cc -O2 -I. -Iinclude bench/generate/*.c -o "$work/generate"
cp "$here/bench.mjs" "$work/bench.mjs"
sizes=${SIZES:-real 826 10000 100000}
engines=${ENGINES:-pincite pagefind minisearch flexsearch lunr orama}
(cd "$work" && node --max-old-space-size=8000 bench.mjs "$work" "$build/pincite" "${sizes// /,}" "${engines// /,}" \
    "$OLDPWD/examples/cra" "$work/generate" "$here")
python3 "$here/report.py" "$work/results.json" bench/results/web
