#!/usr/bin/env bash
# Prints the path of a Python that has grpcio-tools, in a virtual environment in the cache directory
# $1. Where that cannot be done it says why, as the last line on stderr, and exits 1.
set -u
version=1.85.1
directory="$1/python-grpcio-$version"
if "$directory/bin/python" -c 'import grpc_tools' 2>/dev/null; then
  echo "$directory/bin/python"
  exit 0
fi
command -v python3 >/dev/null || { echo "no Python 3" >&2; exit 1; }
rm -rf "$directory"
python3 -m venv "$directory" >&2 || { echo "Python has no venv module" >&2; exit 1; }
timeout 180 "$directory/bin/python" -m pip install --quiet --disable-pip-version-check "grpcio-tools==$version" >&2 ||
  { echo "grpcio-tools $version could not be installed" >&2; exit 1; }
echo "$directory/bin/python"
