#!/usr/bin/env bash
# Prints the path of a current OPA, built once as a Go module into the cache directory $1. Where that
# cannot be done it says why, as the last line on stderr, and exits 1.
set -u
version=v1.22.2
directory="$1/opa-$version"
if [ -x "$directory/opa" ]; then
  echo "$directory/opa"
  exit 0
fi
command -v go >/dev/null || { echo "no Go toolchain to build OPA $version with" >&2; exit 1; }
export GOBIN="$directory" GOFLAGS=-buildvcs=false CGO_ENABLED=0
timeout --kill-after=10 300 go install "github.com/open-policy-agent/opa@$version" >&2 ||
  { echo "OPA $version could not be built" >&2; exit 1; }
echo "$directory/opa"
