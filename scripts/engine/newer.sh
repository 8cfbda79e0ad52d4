#!/bin/bash
# newer.sh DIR   Prints the dockerd of a newer Debian suite (28.x of sid, else 26.1 of trixie), fetched into DIR unless it is there.
# It runs on this machine's C library, containerd and runc.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); dir=$1
mkdir -p "$dir"
exec 9>"$dir/lock"; flock 9
runs() { "$1" --version 2>/dev/null | grep -qE 'version (26|28)\.'; }
for suite in ${COMPOSURE_NEWER_SUITES:-sid trixie}; do
  dockerd=$dir/$suite/usr/sbin/dockerd
  [ -x "$dockerd" ] || "$here/fetch-newer.sh" "$suite" docker.io "$dir/$suite" >&2 || continue
  if runs "$dockerd"; then echo "$dockerd"; exit 0; fi
done
echo "newer.sh: no newer engine could be fetched that runs here" >&2
exit 1
