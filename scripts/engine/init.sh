#!/bin/bash
# init.sh DIR DOCKERD CGROUP   The first process in an engine's namespaces, run by start.sh: when it dies, all that the engine started dies with it.
set -euo pipefail
dir=$1; dockerd=$2; cgroup=$3
export PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$dir/etc" "$dir/exec" "$dir/data"

# Paths that all engines of a machine share unless told otherwise.
for path in /run/containerd /run/docker; do mkdir -p "$path"; mount -t tmpfs -o size=16m tmpfs "$path"; done
mkdir -p /etc/docker; mount --bind "$dir/etc" /etc/docker

# The way out needs nothing of the machine but /dev/net/tun. Without it the engine is an island whose resolver refuses at once.
outside() {
  mkfifo "$dir/ready"
  nsenter --net=/proc/self/fd/7 slirp4netns --configure --mtu=65520 --disable-host-loopback --ready-fd=8 1 tap0 8>"$dir/ready" &
  read -r -t 10 -n 1 _ < "$dir/ready"
}
ip link set lo up
resolver=10.0.2.3
outside || { echo "init.sh: no way out"; resolver=192.0.2.53; ip addr add "$resolver/32" dev lo; }
exec 7>&-
echo "nameserver $resolver" > "$dir/resolv.conf"
[ ! -e /etc/resolv.conf ] || mount --bind "$dir/resolv.conf" "$(realpath /etc/resolv.conf)"

registry() { # PORT [AUTH]: loopback registries, open at 5000, for user:secret at 5001
  printf '%s\n' 'version: 0.1' 'log: {level: warn}' "http: {addr: '127.0.0.1:$1'}" \
    "storage: {filesystem: {rootdirectory: '$dir/registry-$1'}, delete: {enabled: true}}" ${2:+"$2"} > "$dir/registry-$1.yml"
  docker-registry serve "$dir/registry-$1.yml" &
}
echo 'user:$2y$05$composureTestGround2A.BtIcRAL/icbXli6Ja4q1K14CEWMiv0W' > "$dir/htpasswd"
registry 5000
registry 5001 "auth: {htpasswd: {realm: test, path: '$dir/htpasswd'}}"

PATH=$(dirname "$dockerd"):$PATH "$dockerd" --host "unix://$dir/docker.sock" --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/dockerd.pid" \
  --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$cgroup" --shutdown-timeout 5 &
engine=$!
# As process 1 the shell also reaps what the engine orphans; without the engine there is nothing left to live for.
while kill -0 "$engine" 2>/dev/null; do wait "$engine" || true; done
