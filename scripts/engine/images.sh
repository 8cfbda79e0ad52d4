#!/bin/bash
# images.sh DOCKER_HOST   Loads the test images into an engine; README.md lists them. All are one small layer around Debian's static busybox,
# made byte for byte the same each time, so that every engine and every run has the same image IDs.
set -euo pipefail
host=${1:-}; host=${host#DOCKER_HOST=}
[ -n "$host" ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
root=$work/root; out=$work/out; mkdir -p "$out/layer"

busybox=$(dpkg -L busybox-static | grep '/bin/busybox$' | head -n 1)
mkdir -p "$root"/{bin,dev,etc,home/app,proc,root,srv,sys,tmp,usr/bin,var}
chmod 1777 "$root/tmp"
cp "$busybox" "$root/bin/busybox"
for applet in $("$busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
ln -s ../../bin/env "$root/usr/bin/env"
printf '%s\n' root:x:0:0:root:/root:/bin/sh app:x:1000:1000:app:/home/app:/bin/sh nobody:x:65534:65534:nobody:/:/bin/false > "$root/etc/passwd"
printf '%s\n' root:x:0: app:x:1000: nogroup:x:65534: > "$root/etc/group"
# A process 1 ignores every signal that it does not trap, so a bare sleep would make each stop wait for its whole grace period.
cat > "$root/bin/idle" <<'S'
#!/bin/sh
trap 'exit 0' TERM INT QUIT USR1
sleep 2147483647 &
wait
S
cat > "$root/bin/serve" <<'S'
#!/bin/sh
for port in "$@"; do nc -ll -p "$port" -e /bin/respond & done
exec idle
S
# Reading the request first matters: closing with unread bytes would reset the connection under the client.
cat > "$root/bin/respond" <<'S'
#!/bin/sh
while read -r line; do [ -n "${line%?}" ] || break; done
printf 'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n%s\n' "$(hostname)"
S
chmod 755 "$root"/bin/{idle,serve,respond}
tar -C "$root" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu -c . > "$out/layer/layer.tar"
layer=sha256:$(sha256sum < "$out/layer/layer.tar" | cut -d ' ' -f 1)

path='"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]'
manifest=
image() { # NAME,ALIAS,... CONFIG: the members of the image's config beside PATH
  local names=${1//,/\",\"} config=$2 id
  printf '{"architecture":"%s","os":"linux","created":"2020-01-01T00:00:00Z","config":{%s},"rootfs":{"type":"layers","diff_ids":["%s"]},"history":[{"created":"2020-01-01T00:00:00Z"}]}' \
    "$(dpkg --print-architecture)" "$config" "$layer" > "$work/config"
  id=$(sha256sum < "$work/config" | cut -d ' ' -f 1)
  mv "$work/config" "$out/$id.json"
  manifest+="${manifest:+,}{\"Config\":\"$id.json\",\"RepoTags\":[\"$names\"],\"Layers\":[\"layer/layer.tar\"]}"
}
health() { printf '"Healthcheck":{"Test":["CMD","%s"],"Interval":200000000,"Timeout":2000000000,"Retries":2}' "$1"; }
serve='"Cmd":["serve","80"],"ExposedPorts":{"80/tcp":{}}'

image busybox:latest,busybox:1.36 "$path,\"Cmd\":[\"sh\"]"
image alpine:latest,alpine:3,alpine:3.20,debian:12,ubuntu:24.04 "$path,\"Cmd\":[\"/bin/sh\"]"
image composure/test-idle:latest,node:20,node:20-alpine,node:22,node:latest,python:3.12,python:latest "$path,\"Cmd\":[\"idle\"]"
image composure/test-web:latest,composure/test-web:1,nginx:latest,nginx:alpine,nginx:1,nginx:1.27,httpd:2.4,caddy:2 "$path,$serve,\"Labels\":{\"version\":\"1\"}"
image composure/test-web:2 "$path,$serve,\"Labels\":{\"version\":\"2\"}"
image composure/test-entry:latest,traefik:v3 "$path,\"Entrypoint\":[\"serve\"],\"Cmd\":[\"80\"],\"ExposedPorts\":{\"80/tcp\":{}}"
image composure/test-db:latest,composure/test-db:1,postgres:16,postgres:16-alpine,postgres:15,postgres:latest \
  "${path%]},\"PGDATA=/var/lib/postgresql/data\"],\"Cmd\":[\"idle\"],\"ExposedPorts\":{\"5432/tcp\":{}},\"Volumes\":{\"/var/lib/postgresql/data\":{}},\"Labels\":{\"version\":\"1\"}"
image composure/test-db:2,postgres:17 \
  "${path%]},\"PGDATA=/var/lib/postgresql/data\"],\"Cmd\":[\"idle\"],\"ExposedPorts\":{\"5432/tcp\":{}},\"Volumes\":{\"/var/lib/postgresql/data\":{}},\"Labels\":{\"version\":\"2\"}"
image composure/test-cache:latest,redis:7,redis:7-alpine,redis:alpine,redis:latest \
  "$path,\"Cmd\":[\"idle\"],\"WorkingDir\":\"/data\",\"ExposedPorts\":{\"6379/tcp\":{}},\"Volumes\":{\"/data\":{}}"
image mysql:8,mysql:latest,mariadb:11 "$path,\"Cmd\":[\"idle\"],\"ExposedPorts\":{\"3306/tcp\":{},\"33060/tcp\":{}},\"Volumes\":{\"/var/lib/mysql\":{}}"
image composure/test-user:latest "$path,\"Cmd\":[\"idle\"],\"User\":\"app\",\"WorkingDir\":\"/srv\",\"StopSignal\":\"SIGQUIT\",\"Labels\":{\"vendor\":\"composure\"}"
image composure/test-healthy:latest,health:ok "$path,\"Cmd\":[\"idle\"],$(health true)"
image composure/test-unhealthy:latest,health:bad "$path,\"Cmd\":[\"idle\"],$(health false)"

printf '[%s]' "$manifest" > "$out/manifest.json"
tar -C "$out" -c . | docker --host "$host" load --quiet > /dev/null
