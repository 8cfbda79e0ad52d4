#!/bin/bash
# install.sh   Installs what the test engines need (Debian, as root). Idempotent; starts no service and changes nothing that is already there.
set -euo pipefail
packages=(docker.io containerd runc docker-registry busybox-static openssh-client openssh-server openssl iptables iproute2 slirp4netns util-linux ca-certificates git)

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
missing=()
for package in "${packages[@]}"; do installed "$package" || missing+=("$package"); done
[ ${#missing[@]} -gt 0 ] || exit 0

# docker.io and docker-registry would start as services and take the machine's network and port 5000: deny that, unless the machine has a say of its own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod +x "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt=(apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
# An unreachable third-party source makes update fail although Debian's own lists are fresh; the install below is the judge.
"${apt[@]}" update </dev/null || true
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >&2
