#!/usr/bin/env bash
# Runs the interoperability tests whose names begin with $1, with the OPA at $2 unless that is empty.
set -eu
if [ -n "$2" ]; then export POSTERN_OPA="$2"; fi
npm run campaign -- "test/interop/$1"
