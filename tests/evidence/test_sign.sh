#!/usr/bin/env bash
# Keys, signatures and packs on the command line: minisign and b2sum judge what pincite makes, pincite what minisign
# makes, and everything that cannot be done is said in one line with the right exit code.
set -u
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${PINCITE:?the program to test}")
work=$(mktemp -d)
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 2
failed=0

# says EXIT PATTERN COMMAND...: the command ends with EXIT, in at most one line on standard error that has PATTERN
says() {
    local code=$1 pattern=$2
    shift 2
    "$@" >out 2>err </dev/null
    local got=$?
    if [ $got != "$code" ] || ! cat out err | grep -qE -- "$pattern" || [ "$code" = 2 ] && [ "$(wc -l <err)" != 1 ]; then
        echo "FAILED: $* : exit $got, expected $code with '$pattern'; it said:"
        cat out err
        failed=1
    fi
}
pincite() { "$program" "$@"; }

pincite build "$here/../golden/corpus" -o faq.pin >/dev/null 2>&1 || exit 1
says 0 'k.key is secret' pincite sign --generate k
says 2 "'k.pub': it exists" pincite sign --generate k
says 2 'No such file' pincite sign --generate no/such/k
says 0 'faq.pin.minisig: signed' pincite sign faq.pin --key k.key
says 0 'faq.pin: sound' pincite verify faq.pin --pub k.pub
says 0 'faq.pin: sound' pincite verify faq.pin --pub "$(tail -1 k.pub)"
cp faq.pin.minisig before; pincite sign faq.pin --key k.key >/dev/null
cmp faq.pin.minisig before || failed=1
says 2 'one line' pincite sign faq.pin --key k.key --comment $'two\nlines'
says 2 'with which key' pincite sign faq.pin
says 2 'No such file' pincite sign faq.pin --key none.key
says 2 'No such file' pincite sign none.pin --key k.key
says 2 'not a secret key' pincite sign faq.pin --key k.pub
says 2 'not a public key' pincite verify faq.pin --pub k.key
says 2 'No such file' pincite verify faq.pin --pub none.pub
pincite sign --generate other >/dev/null
says 1 'made with another key' pincite verify faq.pin --pub other.pub
says 1 '"sound":false' pincite verify faq.pin --pub other.pub --json
cp faq.pin moved.pin
says 2 "moved.pin.minisig': No such file" pincite verify moved.pin --pub k.pub
echo nonsense >moved.pin.minisig
says 1 'not a signature' pincite verify moved.pin --pub k.pub
cp faq.pin.minisig moved.pin.minisig
says 0 sound pincite verify moved.pin --pub k.pub
sed -i '3s/release/Release/' moved.pin.minisig
says 1 'its comment was changed' pincite verify moved.pin --pub k.pub

# ---- packs ----
says 0 'signed; release' pincite pack faq.pin keepers/keeper gates/closing -o pack --key k.key
says 2 'it exists' pincite pack faq.pin keepers/keeper -o pack
mkdir empty
says 2 'it exists' pincite pack faq.pin keepers/keeper -o empty
rmdir empty || failed=1
says 2 'No such file' pincite pack faq.pin keepers/keeper -o no/such/pack
says 1 "did you mean 'keepers/keeper'" pincite pack faq.pin keepers/keper -o x
says 1 'no such revision' pincite pack faq.pin keepers/keeper@0123456789 -o x
says 1 '8 to 64' pincite pack faq.pin keepers/keeper@0 -o x
says 1 'no revision of it stood' pincite pack faq.pin keepers/keeper --as-of 1999-01-01 -o x
says 2 'is no date' pincite pack faq.pin keepers/keeper --as-of 2031-02-30 -o x
says 2 'nothing to pack' pincite pack faq.pin -o x
says 2 'where to' pincite pack faq.pin keepers/keeper
says 2 'not a secret key' pincite pack faq.pin keepers/keeper -o x --key k.pub
ls -A | grep -E '^x$|pin-pack' && failed=1 # nothing is left of what failed
revision=$(pincite pack faq.pin keepers/keeper -o one >/dev/null && sed -E 's/.*"revision":"([0-9a-f]{16}).*/\1/' one/items/01.json)
says 0 '1 items' pincite pack faq.pin "keepers/keeper@$revision" -o two
cmp one/manifest two/manifest || failed=1
says 0 'which the pack itself brings' pincite verify pack
says 0 'signed with the key' pincite verify pack --pub k.pub
says 1 'made with another key' pincite verify pack --pub other.pub
says 0 'anyone can have made it' pincite verify one
says 1 'missing: the pack is not signed' pincite verify one --pub k.pub
says 1 'this folder is no pack' pincite verify "$here"
says 2 'No such file' pincite verify nowhere
if [ "$(id -u)" != 0 ]; then
    chmod 000 two/items
    says 2 'Permission denied' pincite verify two
fi
pincite pack faq.pin --query '  who is   the keeper of a gate' -o searched >/dev/null
pincite search faq.pin who is the keeper of a gate --json | cmp - searched/searches/01.json || failed=1
grep -q '<script' pack/index.html && failed=1
(cd pack && b2sum -c --quiet manifest) || failed=1

# ---- the past: what stood on a day, and what is gone ----
cp -r "$here/../golden/corpus" faq
build() { pincite build faq -o "$1" --date "$2" "${@:3}" >/dev/null 2>&1 || failed=1; }
at() { sed -E 's/.*"revision":"([0-9a-f]{16}).*"current":(true|false).*"until":"([^"]*)".*/\1 \2 \3/' "$1/items/01.json"; }
build one.pin 2031-06-01
sed -i 's/It is at least seven/It is now at least seven/' faq/keepers.md
build two.pin 2031-09-01 --previous one.pin
pincite pack one.pin keepers/support-period -o then >/dev/null
says 0 '1 items' pincite pack two.pin keepers/support-period -o day --as-of 2031-08-31
says 0 '1 items' pincite pack two.pin keepers/support-period -o now --as-of 2031-09-01
before=$(at then | cut -c 1-16)
[ "$(at day)" = "$before false 2031-09-01" ] || { echo "FAILED: on that day: $(at day)"; failed=1; }
[ "$(at now | cut -c 18-)" = "true " ] || { echo "FAILED: now: $(at now)"; failed=1; }
cmp then/items/01.txt day/items/01.txt || failed=1 # the very words that the older release had
says 0 '1 items' pincite pack two.pin "keepers/support-period@${before:0:8}" -o pinned
cmp day/items/01.txt pinned/items/01.txt || failed=1
grep -q 'until 2031-09-01; in this release it is replaced' day/index.html || failed=1
for pack in day now pinned; do
    says 0 sound pincite verify $pack
    says 0 sound python3 "$here/../../tools/check_pack.py" $pack
done
says 1 'no revision of it stood' pincite pack two.pin keepers/support-period --as-of 2031-05-31 -o x

# ---- minisign, where it is installed ----
if command -v minisign >/dev/null; then
    says 0 'comment signature verified' minisign -Vm faq.pin -p k.pub
    says 0 'comment signature verified' minisign -Vm pack/manifest -p k.pub
    minisign -G -W -p m.pub -s m.key >/dev/null 2>&1
    says 0 signed pincite sign faq.pin --key m.key
    says 0 'comment signature verified' minisign -Vm faq.pin -p m.pub
    for how in '' -l; do # hashed, and as older versions sign
        minisign -S $how -m faq.pin -s m.key -t 'by minisign' >/dev/null
        says 0 sound pincite verify faq.pin --pub m.pub
    done
    says 1 'made with another key' pincite verify faq.pin --pub k.pub
    minisign -Sm faq.pin -s k.key >/dev/null && says 0 sound pincite verify faq.pin --pub k.pub
    minisign -Sm one/manifest -s m.key >/dev/null # a key that is kept elsewhere signs a pack afterwards
    says 0 'signed with the key' pincite verify one --pub m.pub
    says 1 'no key to check it with' pincite verify one
    printf 'secret\nsecret\n' | minisign -G -f -p p.pub -s p.key >/dev/null 2>&1
    says 2 'protected by a password' pincite sign faq.pin --key p.key
else
    echo "minisign is missing: it was not asked"
fi
[ $failed = 0 ] && echo "signatures and packs are as they should be"
exit $failed
