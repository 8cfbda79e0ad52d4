#!/bin/bash
# start.sh NAME [--newer]   Starts a throwaway engine and prints DOCKER_HOST=unix://... ; where it already runs, it only prints.
# --newer takes the engine of a newer Debian suite, fetched once into $COMPOSURE_ENGINES/newer/.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); . "$here/place.sh"
place "${1:-}"

answers() { docker --host "unix://$dir/docker.sock" version >/dev/null 2>&1; }
if running && answers; then echo "DOCKER_HOST=unix://$dir/docker.sock"; exit 0; fi
"$here/stop.sh" "$1"

dockerd=$(PATH=$PATH:/usr/sbin command -v dockerd) || { echo "start.sh: no dockerd here, run install.sh" >&2; exit 1; }
if [ "${2:-}" = --newer ]; then dockerd=$("$here/newer.sh" "$root/newer"); fi
mkdir -p "$dir"; chmod 711 "$root" "$dir"

exec 6>"$dir/lock"; flock --nonblock 6 || { echo "start.sh: $1 is being started by someone else" >&2; exit 1; }
# Descriptor 7 is the way back into this network: slirp4netns sends from here what the engine sends to the world.
exec 7</proc/self/ns/net
setsid unshare --mount --net --ipc --pid --fork --mount-proc --kill-child=KILL \
  "$here/init.sh" "$dir" "$dockerd" "$cgroup" </dev/null >"$dir/log" 2>&1 &
echo $! > "$dir/pid"
exec 6>&- 7>&-

for _ in $(seq 300); do
  if answers; then echo "DOCKER_HOST=unix://$dir/docker.sock"; exit 0; fi
  running || break
  sleep 0.1
done
tail -n 20 "$dir/log" >&2
echo "start.sh: the engine $1 does not answer" >&2
"$here/stop.sh" "$1"
exit 1
