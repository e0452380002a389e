#!/usr/bin/env bash
# The export as a whole: a killed one leaves the old folder, unchanged files keep their time, what is not ours is
# kept, a folder of other people is refused, a full disk changes nothing, ids of a corpus cannot leave the folder.
set -euo pipefail
pincite=$(realpath "${PINCITE:?the program to test}")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "failed: $*" >&2; exit 1; }
sums() { (cd "$1" && find . -type f ! -name '*.br' ! -name '*.gz' | LC_ALL=C sort | xargs sha256sum | sha256sum); }

"$pincite" build tests/golden/corpus -o "$work/a.pin" >/dev/null 2>&1
"$pincite" build examples/cra/open-source.md -o "$work/b.pin" >/dev/null 2>&1
site=$work/site
"$pincite" export "$work/a.pin" "$site" >/dev/null
before=$(sums "$site")

# every address of the export is what the server says
[ -f "$site/index.html" ] && [ -f "$site/404.html" ] && [ -f "$site/items/index.html" ] || fail "pages are missing"

# unchanged files keep their time, and nothing is written
find "$site" -type f -exec touch -d 2001-01-01 {} +
said=$("$pincite" export "$work/a.pin" "$site" --json)
[[ $said == *'"fresh":0,'* ]] || fail "an unchanged export wrote files: $said"
[ -z "$(find "$site" -type f -newermt 2001-01-02)" ] || fail "an unchanged file was touched"

# a twin that does not hold the bytes of its file is made anew
printf 'no gzip' >"$site/index.html.gz"
"$pincite" export "$work/a.pin" "$site" >/dev/null
gzip -dc "$site/index.html.gz" | cmp -s - "$site/index.html" || fail "a false twin stayed"

# what no export wrote is kept
echo example.org >"$site/CNAME"
mkdir "$site/.git" && echo ref >"$site/.git/HEAD"
"$pincite" export "$work/b.pin" "$site" >/dev/null 2>&1
[ -f "$site/CNAME" ] && [ "$(cat "$site/.git/HEAD")" = ref ] || fail "what is not ours was lost"
other=$(find "$site" -name index.html | wc -l)
"$pincite" export "$work/a.pin" "$site" >/dev/null 2>&1
rm -r "$site/CNAME" "$site/.git"
[ "$(sums "$site")" = "$before" ] || fail "old pages stayed"
[ "$other" -gt 3 ] || fail "the other site was empty"

# a folder that holds other people's files is refused
mkdir "$work/theirs" && echo mine >"$work/theirs/thesis.txt"
if "$pincite" export "$work/a.pin" "$work/theirs" >/dev/null 2>&1; then fail "a foreign folder was replaced"; fi
[ "$(cat "$work/theirs/thesis.txt")" = mine ] || fail "a foreign file was lost"

# killed at any moment: the old site or the new one, whole, and the next export sweeps what was left
after=$("$pincite" export "$work/b.pin" "$work/new" >/dev/null && sums "$work/new")
for i in $(seq 1 12); do
    "$pincite" export "$work/b.pin" "$site" >/dev/null 2>&1 &
    pid=$!
    sleep "0.$(printf '%02d' $((i * 3)))"
    kill -9 $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
    now=$(sums "$site")
    [ "$now" = "$before" ] || [ "$now" = "$after" ] || fail "a killed export left half a site"
    "$pincite" export "$work/a.pin" "$site" >/dev/null
done
[ "$(sums "$site")" = "$before" ] || fail "the site is not what it was"
left=$(find "$work" -maxdepth 1 -name '.site.pin-*' | wc -l)
[ "$left" = 0 ] || fail "$left hidden folders were left"

# a limit on the size of files: nothing changes, one line says why
if (ulimit -f 8; trap '' XFSZ; "$pincite" export "$work/b.pin" "$site" >/dev/null 2>"$work/why"); then fail "a failed write was not noticed"; fi
[ "$(wc -l <"$work/why")" = 1 ] && grep -q "cannot write" "$work/why" || fail "$(cat "$work/why")"
[ "$(sums "$site")" = "$before" ] || fail "a failed export changed the site"

# ids that would leave the folder
printf '%s\n' '{"id":"x/y","module":"x","question":"Why?","answer":"So."}' >"$work/x.jsonl"
mkdir "$work/src"
printf '%s\n' '{"id":"../../../../evil","label":"E","kind":"article","text":"t","own":"t"}' \
    '{"id":"art_1","label":"Article 1","kind":"article","text":"t","own":"t"}' >"$work/src.jsonl"
if "$pincite" build "$work/x.jsonl" --source "s=$work/src.jsonl" -o "$work/x.pin" >/dev/null 2>&1; then
    "$pincite" export "$work/x.pin" "$work/deep/er" >/dev/null 2>&1 && fail "a folder whose parent is missing was made"
    mkdir -p "$work/deep"
    "$pincite" export "$work/x.pin" "$work/deep/er" >/dev/null
    [ -z "$(find "$work" -name '*evil*')" ] || fail "an id left the folder"
fi
echo "the export is whole or not at all"
