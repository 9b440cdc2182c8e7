#!/usr/bin/env bash
# Installs what is missing, builds rigjit and runs every C++ and Python test; arguments are pytest's. In CI
# (CI=true) also linters and the tests under sanitizers, and a skip that nobody expected is a failure.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/bindings/environment.sh"
source "$ROOT/tests/blender/environment.sh"
source "$ROOT/tests/own_environment.sh"
prepare
prepare_blenders
cd "$ROOT"

# Tests leave the user's cache alone.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export RIGJIT_CACHE_DIR=$scratch/cache RIGJIT_TEST_RESULTS=$scratch
results=("$scratch/ctest.xml" "$scratch/pytest.xml")

status=0
if [[ ${CI:-} == true ]]; then
  install_packages "${CI_PACKAGES[@]}"
  tests/lint.sh || status=1
  tests/sanitizers.sh || status=1
  results=("$scratch/asan-ubsan.xml" "$scratch/tsan.xml" "${results[@]}")
fi

say "building the C++ tests"
quietly cmake --preset dev
quietly cmake --build --preset dev

ctest --preset dev --parallel "$(nproc)" --progress --output-junit "$scratch/ctest.xml" || status=1
# A file's tests stay together: they share what is slow to make.
RIGJIT_BUILD_DIR=$ROOT/build/dev "$VENV/bin/python" -m pytest --numprocesses "$(nproc)" --dist loadfile \
  --junitxml "$scratch/pytest.xml" "$@" || status=1
if [[ ${CI:-} == true || ${RIGJIT_LONG_TESTS:-} == 1 ]]; then
  results+=("$scratch/ray.xml" "$scratch/torch.xml")
  test_ray "$scratch/ray.xml" || status=1
  test_torch "$scratch/torch.xml" || status=1
fi
"$VENV/bin/python" tests/count_tests.py "${results[@]}" || status=1
exit "$status"
