# Where a throwaway engine lives; sourced by start.sh, stop.sh and enter.sh.
# Socket paths must stay under 108 bytes, so the folder does not follow TMPDIR.
root=${COMPOSURE_ENGINES:-/var/tmp/composure-engines}

place() {
  case $1 in ''|[!A-Za-z0-9]*|*[!A-Za-z0-9_-]*) echo "$(basename "$0"): a name of letters, digits, - and _ is needed" >&2; exit 2;; esac
  [ "$(id -u)" = 0 ] || { echo "$(basename "$0"): must run as root" >&2; exit 2; }
  dir=$root/$1
  [ ${#dir} -le 60 ] || { echo "$(basename "$0"): $dir is too long for socket paths" >&2; exit 2; }
  cgroup=composure-$1-$(printf %s "$dir" | cksum | cut -d ' ' -f 1)
}

# Whether any process of the engine is left: all of them hold the lock.
running() { [ -e "$dir/lock" ] && ! flock --nonblock "$dir/lock" true; }
