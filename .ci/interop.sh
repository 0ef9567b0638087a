#!/usr/bin/env bash
# Compares our engine with the OPA at $1, over random inputs.
set -eu
export POSTERN_OPA="$1"
npm run campaign -- test/interop --exclude 'test/interop/python*'
