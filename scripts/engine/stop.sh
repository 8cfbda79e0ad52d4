#!/bin/bash
# stop.sh NAME   Ends a throwaway engine and all that it started, and removes its folder. A power cut, on purpose: nothing of it is kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); . "$here/place.sh"
place "${1:-}"
[ -e "$dir" ] || exit 0

# Only while the lock is held does the recorded number belong to the engine.
if running; then kill -KILL "$(cat "$dir/pid")" 2>/dev/null || true; fi
for _ in $(seq 100); do running || break; sleep 0.1; done
if running; then echo "stop.sh: processes of $1 are left" >&2; exit 1; fi

rm -rf "$dir"
find /sys/fs/cgroup -depth -type d -path "*/$cgroup*" -exec rmdir {} + 2>/dev/null || true
rmdir "$root" 2>/dev/null || true
