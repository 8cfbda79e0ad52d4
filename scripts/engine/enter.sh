#!/bin/bash
# enter.sh NAME COMMAND...   Runs a command against a throwaway engine, inside its network: 127.0.0.1:PORT is what the engine's containers publish,
# and its registries are at 127.0.0.1:5000 (open) and 127.0.0.1:5001 (user, secret).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); . "$here/place.sh"
place "${1:-}"; shift
running || { echo "enter.sh: no such engine is running" >&2; exit 1; }
export DOCKER_HOST=unix://$dir/docker.sock
exec nsenter --net="/proc/$(cat "$dir/pid")/ns/net" unshare --mount \
  sh -c 'mount --bind "$0" "$(realpath /etc/resolv.conf)" && exec "$@"' "$dir/resolv.conf" "$@"
