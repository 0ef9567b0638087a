#!/usr/bin/env bash
# Checks and tests the policies with the OPA at $1.
set -eu
export POSTERN_OPA="$1"
npx postern policy check
npx postern policy test
