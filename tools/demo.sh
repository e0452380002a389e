#!/usr/bin/env bash
# The demonstration: indexes examples/cra, then answers three questions on the terminal.
# With DEMO_SERVE=0 it stops there; otherwise it serves the site at http://127.0.0.1:8424/ until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
pincite=$build/pincite
index=$build/cra.pin

show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

show "$pincite" build examples/cra -o "$index"
show "$pincite" search "$index" "must security updates be free of charge" -k 3
show "$pincite" search "$index" "annex 1 part 2 point 8" -k 3
show "$pincite" search "$index" "how long is the suport period" -k 3

if [ "${DEMO_SERVE:-1}" != 0 ] && "$pincite" serve --help >/dev/null 2>&1; then
    printf '\nThe same answers as a site: http://127.0.0.1:8424/ (Ctrl-C ends it; DEMO_SERVE=0 stops before)\n'
    exec "$pincite" serve "$index" --listen 127.0.0.1:8424
fi
