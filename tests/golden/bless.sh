#!/usr/bin/env bash
# Shows how the program's answers differ from expected/, and accepts them when told so.
#   tests/golden/bless.sh          asks
#   tests/golden/bless.sh --yes    does not ask, but still shows
set -u
here=$(cd "$(dirname "$0")" && pwd)
export PINCITE=${PINCITE:-$here/../../build/pincite}
got=$(mktemp -d)
trap 'rm -rf "$got"' EXIT
"$here/run_cases.sh" "$got" || exit 1
mkdir -p "$here/expected"
if diff -ruN "$here/expected" "$got"; then
    echo "nothing to accept"
    exit 0
fi
if [ "${1:-}" != --yes ]; then
    read -r -p "accept these differences? [y/N] " answer
    [ "$answer" = y ] || exit 1
fi
rm -f "$here"/expected/*.txt
cp "$got"/*.txt "$here/expected/"
