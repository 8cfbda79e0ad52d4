#!/bin/bash
# fetch-newer.sh SUITE PACKAGE... DIR   Unpacks packages of a newer Debian suite (trixie, sid) into DIR without touching the system.
# The mirror is the one that this machine's apt uses, and its signatures are checked.
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
suite=$1; shift; dir=${!#}; set -- "${@:1:$#-1}"

# apt itself knows both source formats: take the archive that serves the main suite of the installed release.
. /etc/os-release
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
  awk -v codename="${VERSION_CODENAME:-}" '$2 == codename && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || { echo "fetch-newer.sh: apt's sources name no Debian mirror" >&2; exit 1; }

state=$(mktemp -d); trap 'rm -rf "$state"' EXIT
mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$dir"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] $mirror $suite main" > "$state/list"
apt=(apt-get -qq -o Dir::Etc::sourcelist="$state/list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::Lists="$state/lists" -o Dir::Cache="$state/cache"
     -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null -o Acquire::Languages=none
     -o Acquire::Check-Valid-Until=false -o Acquire::Retries=3 -o APT::Sandbox::User=root)
"${apt[@]}" update </dev/null
(cd "$state" && "${apt[@]}" download "$@" </dev/null >/dev/null)
for package in "$state"/*.deb; do dpkg -x "$package" "$dir"; done
