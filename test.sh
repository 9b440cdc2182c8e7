#!/usr/bin/env bash
# Installs what is missing, builds rigjit and runs every C++ and Python test; in CI (CI=true) also
# those under sanitizers.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/bindings/environment.sh"
source "$ROOT/tests/blender/environment.sh"
prepare
prepare_blenders
cd "$ROOT"

say "building the C++ tests"
quietly cmake --preset dev
quietly cmake --build --preset dev

# Tests leave the user's cache alone.
RIGJIT_CACHE_DIR=$(mktemp -d)
export RIGJIT_CACHE_DIR
trap 'rm -rf "$RIGJIT_CACHE_DIR"' EXIT

status=0
if [[ ${CI:-} == true ]]; then
  tests/sanitizers.sh || status=1
fi
ctest --preset dev --parallel "$(nproc)" --progress || status=1
RIGJIT_BUILD_DIR=$ROOT/build/dev "$VENV/bin/python" -m pytest "$@" || status=1
exit "$status"
