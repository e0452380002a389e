#!/bin/sh
# Installs, or names, the Debian packages that are missing.
#   tools/deps.sh check GROUP...    says what is missing; exit 1 when something is
#   tools/deps.sh install GROUP...  installs it when it may (root, or sudo that asks nothing)
set -eu
here=$(dirname "$0")
mode=$1
shift

missing=""
for group in "$@"; do
    for package in $(sed -n "s/^$group //p" "$here/packages.txt"); do
        # "nodejs?node": not needed where the command is there already, from wherever
        case $package in
        *\?*)
            command -v "${package#*\?}" >/dev/null 2>&1 && continue
            package=${package%%\?*}
            ;;
        esac
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' ||
            missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

echo "missing Debian packages:$missing" >&2
if [ "$mode" = check ]; then
    echo "install them with: make deps   (or: apt-get install --no-install-recommends$missing)" >&2
    exit 1
fi

if [ "$(id -u)" = 0 ]; then
    root=""
elif sudo -n true 2>/dev/null; then
    root="sudo"
else
    echo "no right to install packages here. As root, run: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
echo "installing them with apt-get" >&2
install() { $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2; }
# The lists of a fresh machine may be empty or old: refresh once, then try again.
install 2>/dev/null || { $root apt-get update -q >&2 && install; }
