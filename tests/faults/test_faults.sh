#!/bin/bash
# A build that fails or is killed at any moment leaves the old index or the new one, whole.
#
# The Nth call of each system call that touches files is made to fail (ENOSPC, EIO, EINTR) or kills the
# process, one point a run; after each run the index must be one of the two, byte for byte. Then real
# trouble: a full disk, a file size limit, a folder that cannot be written to.
#
# FAULT_POINTS limits the points tried for each call and fault (0: all); the default keeps the test short.
set -u
pincite=${PINCITE:?the program under test}
limit=${FAULT_POINTS:-12}
here=$(cd "$(dirname "$0")/../.." && pwd)
[ -x "$pincite" ] || { echo "skipped: no program at $pincite"; exit 77; }
export ASAN_OPTIONS=detect_leaks=0 # its leak check cannot work while it is traced

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
small=$here/examples/cra/security-updates.md
large=$here/examples/cra
failures=0 points=0

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
sum() { sha256sum < "$1" | cut -d' ' -f1; }
leftovers() { find "$1" -name '.*.pin-part-*' | wc -l; }

"$pincite" build "$small" -o "$work/old.pin" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
"$pincite" build "$large" -o "$work/new.pin" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
old=$(sum "$work/old.pin") new=$(sum "$work/new.pin")
[ "$old" != "$new" ] || { echo "the two corpora give the same index"; exit 1; }
mkdir "$work/site"
target=$work/site/faq.pin

# What the last run left: prints old or new, or says what is broken.
state() {
    case $(sum "$target") in
    "$old") echo old ;;
    "$new") echo new ;;
    *) echo broken ;;
    esac
}

# check EXIT_CODE WHAT: the rules that hold after every run that was not killed.
check() {
    local code=$1 what=$2 is
    is=$(state)
    [ "$is" != broken ] || fail "$what: the index is neither the old nor the new one"
    [ "$code" != 0 ] || [ "$is" = new ] || fail "$what: exit 0, but the old index is still there"
    [ "$code" -lt 126 ] || [ ! -s "$work/err" ] || ! grep -q 'Sanitizer' "$work/err" || fail "$what: $(head -3 "$work/err")"
    [ "$(leftovers "$work/site")" = 0 ] || fail "$what: a hidden file stayed"
}

# ---- injected faults ----
if ! strace -f -o /dev/null true 2> /dev/null; then
    echo "skipped: injected faults (strace cannot trace here)"
else
    calls="openat read pwrite64 fsync renameat flock close fstat newfstatat unlinkat"
    strace -f -o "$work/trace" "$pincite" build "$large" -o "$target" > "$work/out" 2>&1
    grep -q 'fsync(' "$work/trace" || { echo "the trace shows no fsync:"; tail -3 "$work/trace"; cat "$work/out"; }
    for call in $calls; do
        count=$(grep -c "^[0-9][0-9]*  *$call(" "$work/trace") # strace pads short process numbers
        [ "$count" -gt 0 ] || continue
        for fault in error=ENOSPC error=EIO error=EINTR signal=KILL; do
            [ "$fault" != error=EINTR ] || case $call in read | pwrite64) ;; *) continue ;; esac
            first=1
            # the interesting calls come last: the loader's own are at the beginning
            [ "$limit" = 0 ] || [ "$count" -le "$limit" ] || first=$((count - limit + 1))
            for ((n = first; n <= count; n++)); do
                points=$((points + 1))
                rm -rf "$work/site" && mkdir "$work/site" && cp "$work/old.pin" "$target"
                # in a subshell: the shell itself has nothing to say about a process that was killed
                code=$( { strace -f -qqq -o /dev/null -e trace="$call" -e inject="$call:$fault:when=$n" \
                    "$pincite" build "$large" -o "$target" > /dev/null 2> "$work/err"; } 2> /dev/null; echo $?)
                what="$call number $n, $fault"
                if [ "$fault" = signal=KILL ]; then
                    [ "$(state)" != broken ] || fail "$what: the index is neither the old nor the new one"
                    "$pincite" build "$large" -o "$target" > /dev/null 2>&1 || fail "$what: the next build fails"
                    [ "$(state)" = new ] || fail "$what: the next build does not help"
                    [ "$(leftovers "$work/site")" = 0 ] || fail "$what: the next build does not sweep"
                elif [ "$call" = unlinkat ]; then
                    [ "$(state)" != broken ] || fail "$what: the index is neither the old nor the new one"
                else
                    check "$code" "$what"
                    [ "$fault" != error=EINTR ] || [ "$code" = 0 ] || fail "$what: an interrupted call was not tried again"
                    case $call in
                    pwrite64 | fsync | renameat)
                        [ "$fault" = error=EINTR ] || [ "$code" = 2 ] || fail "$what: exit $code"
                        [ "$code" = 0 ] || grep -q "cannot write" "$work/err" || fail "$what: no clear line: $(cat "$work/err")"
                        ;;
                    esac
                fi
            done
        done
    done
    echo "$points injected faults, $failures failures"
    [ "$points" -gt 50 ] || fail "only $points points: the trace does not show the program at work"
fi

# ---- a file may not grow ----
cp "$work/old.pin" "$target"
(ulimit -f 16 && "$pincite" build "$large" -o "$target" > /dev/null 2> "$work/err")
code=$?
[ "$code" = 2 ] || fail "file size limit: exit $code"
grep -q "cannot write .*File too large" "$work/err" || fail "file size limit: no clear line: $(cat "$work/err")"
check "$code" "file size limit"

# ---- a disk that is full, a folder that is read-only: in a mount namespace of their own ----
apart=
unshare -m true 2> /dev/null && apart="unshare -m"
[ -n "$apart" ] || ! unshare -rm true 2> /dev/null || apart="unshare -rm"
export pincite large target work
if [ -z "$apart" ] || ! $apart mount -t tmpfs none "$work/site" 2> /dev/null; then
    echo "skipped: full disk and read-only folder (no mounts here)"
else
    size=$(($(stat -c %s "$work/old.pin") + $(stat -c %s "$work/new.pin") / 2))
    # the copies of what was left are made inside, where the mount can be seen
    $apart bash -c "mount -t tmpfs -o size=$size none \"\$work/site\" && cp \"\$work/old.pin\" \"\$target\" || exit 99
        \"\$pincite\" build \"\$large\" -o \"\$target\" > /dev/null 2> \"\$work/err\"; code=\$?
        cp \"\$target\" \"\$work/left.pin\"; ls -A \"\$work/site\" > \"\$work/names\"; exit \$code"
    code=$?
    [ "$code" = 2 ] || fail "full disk: exit $code"
    [ "$(sum "$work/left.pin")" = "$old" ] || fail "full disk: the old index is gone"
    [ "$(cat "$work/names")" = faq.pin ] || fail "full disk: left behind: $(tr '\n' ' ' < "$work/names")"
    grep -q "cannot write .*No space left" "$work/err" || fail "full disk: no clear line: $(cat "$work/err")"

    $apart bash -c "mount -t tmpfs none \"\$work/site\" && cp \"\$work/old.pin\" \"\$target\" &&
        mount -o remount,ro \"\$work/site\" || exit 99
        \"\$pincite\" build \"\$large\" -o \"\$target\" > /dev/null 2> \"\$work/err\"; code=\$?
        cp \"\$target\" \"\$work/left.pin\"; exit \$code"
    code=$?
    [ "$code" = 2 ] || fail "read-only folder: exit $code"
    [ "$(sum "$work/left.pin")" = "$old" ] || fail "read-only folder: the old index is gone"
    grep -q "cannot write .*Read-only" "$work/err" || fail "read-only folder: no clear line: $(cat "$work/err")"
    echo "full disk and read-only folder tried"
fi

[ "$failures" = 0 ] && echo "good" || exit 1
