#!/usr/bin/env bash
# Checks and tests the policies with the OPA at $1, or with the pinned one when $1 is empty.
set -eu
if [ -n "$1" ]; then export POSTERN_OPA="$1"; fi
npx postern policy check
npx postern policy test
