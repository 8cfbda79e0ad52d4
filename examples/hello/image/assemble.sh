#!/bin/sh
# Makes hello-amd64 and hello-arm64 from their sources. Needs GNU binutils for both machines (Debian: binutils, binutils-aarch64-linux-gnu).
set -eu
cd "$(dirname "$0")"
as -o amd64.o hello.amd64.s && ld -z noseparate-code --strip-all --build-id=none -o hello-amd64 amd64.o
aarch64-linux-gnu-as -o arm64.o hello.arm64.s && aarch64-linux-gnu-ld -z noseparate-code --strip-all --build-id=none -o hello-arm64 arm64.o
rm -f amd64.o arm64.o
