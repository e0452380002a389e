#!/usr/bin/env bash
# Runs every case of cases.txt with $PINCITE and writes what it said into the folder $1, a file a case:
# the command, standard output, standard error and the exit code. What differs from run to run (times)
# or says how the file is laid out rather than what it says (sizes, file ids) is written as zeros.
set -u
export LC_ALL=C.UTF-8 NO_COLOR=1
unset COLUMNS
here=$(cd "$(dirname "$0")" && pwd)
to=$(mkdir -p "$1" && cd "$1" && pwd)
program=$(realpath "${PINCITE:?the program to test}")
[ -x "$program" ] || { echo "no program at $program: build it first" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here/corpus" "$work/faq"
cp "$here"/{queries.tsv,qrels.tsv,citations.txt,map.jsonl} "$work"
cd "$work" || exit 2
pincite() { "$program" "$@"; }

steady() {
    sed -E -e 's/[0-9]+\.[0-9]+ s$/0.00 s/' -e 's/"seconds":[0-9.]+/"seconds":0/' \
        -e 's/[0-9]+\.[0-9] (kB|MB)/0 \1/' -e 's/"bytes":[0-9]+/"bytes":0/' \
        -e 's/file [0-9a-f]{16}/file 0000000000000000/' -e 's/"file_id":"[0-9a-f]{16}"/"file_id":"0"/'
}

while read -r name command; do
    case $name in '' | '#'*) continue ;; esac
    (eval "$command") >out 2>err </dev/null
    code=$?
    {
        echo "\$ $command"
        steady <out
        if [ -s err ]; then
            echo "--- standard error"
            steady <err
        fi
        echo "--- exit $code"
    } >"$to/$name.txt"
done <"$here/cases.txt"
