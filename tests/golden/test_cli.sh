#!/usr/bin/env bash
# What the program says, byte for byte: help, answers, complaints and exit codes, against expected/.
# After a wanted change, tests/golden/bless.sh shows the difference and accepts it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
got=$(mktemp -d)
trap 'rm -rf "$got"' EXIT
"$here/run_cases.sh" "$got" || exit 1
if diff -ru "$here/expected" "$got"; then
    echo "$(ls "$got" | wc -l) cases as expected"
else
    echo "differs from tests/golden/expected; if the change is wanted: tests/golden/bless.sh" >&2
    exit 1
fi
