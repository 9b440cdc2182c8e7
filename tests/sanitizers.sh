#!/usr/bin/env bash
# Tests under sanitizers: memory errors and undefined behaviour in all that reads foreign bytes, every
# fuzz corpus among it; races where threads share rigs; and where clang is at hand some seconds of
# fuzzing. LLVM and the code that it makes are not instrumented.
#
#   tests/sanitizers.sh [FUZZ_SECONDS]     # 5 a target
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/../bindings/environment.sh"
cd "$ROOT"

# Texts of tens of megabytes, sweeps over numbers: nothing new to a sanitizer, and ten times as slow.
SLOW='^(Hostile|Large|Limits)\.|JsonNumber|SurvivesRandomDamage'
THREADS='Threads|Race|Registry|RigCore|RigBatch'

# check PRESET CTEST_OPTIONS... -- TARGETS...
check() {
  local preset=$1 options=()
  shift
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  shift
  say "building the tests with $preset"
  quietly cmake --preset "$preset"
  quietly cmake --build --preset "$preset" --target "$@"
  # Tests of targets that were not built are listed as *_NOT_BUILT.
  ctest --preset "$preset" --parallel "$(nproc)" --progress "${options[@]}"
}

status=0
check asan-ubsan -E "$SLOW|_NOT_BUILT" -- fuzzers frontend_test runtime_test || status=1
check tsan -R "$THREADS" -E _NOT_BUILT -- runtime_test || status=1

if command -v clang++-19 >/dev/null && is_installed libclang-rt-19-dev; then
  say "fuzzing"
  tests/fuzz/run.sh "${1:-5}" || status=1
else
  say "no clang-19 with libclang-rt-19-dev: the fuzzers only replayed their corpora"
fi
exit "$status"
