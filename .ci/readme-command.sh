#!/usr/bin/env bash
# Runs a command of the README in the current directory, exactly as the README prints it.
set -u
grep -qxF -- "$1" README.md || { echo "README.md does not print: $1"; exit 1; }
exec bash -c "$1"
