#!/usr/bin/env bash
# The systemd unit is well-formed and hardened: exposure at most 1.5 of 10 by systemd's own analysis.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v systemd-analyze >/dev/null || { echo "skipped: no systemd-analyze"; exit 77; }
unit=host/server/systemd/pincite@.service
rating=$(systemd-analyze security --offline=true --no-pager "$unit" 2>&1 | sed -n 's/.*Overall exposure level.*: \([0-9.]*\) .*/\1/p')
[ -n "$rating" ] || { echo "skipped: this systemd-analyze cannot look at a file"; exit 77; }
echo "exposure $rating of 10"
awk -v r="$rating" 'BEGIN { exit !(r <= 1.5) }'
