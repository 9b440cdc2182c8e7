#!/usr/bin/env bash
# Tests under sanitizers: memory errors and undefined behaviour in all that reads foreign bytes, every
# fuzz corpus among it; and races where threads share rigs. LLVM and the code that it makes are not
# instrumented.
#
#   tests/sanitizers.sh [FUZZ_SECONDS]     # for each target, afterwards, with clang-19; 0: none
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/../bindings/environment.sh"
cd "$ROOT"
install_packages

# Texts of tens of megabytes, sweeps over numbers: nothing new to a sanitizer, and ten times as slow.
SLOW='^(Hostile|Large|Limits)\.|^Bases\.TogetherAreBounded|JsonNumber|SurvivesRandomDamage|EnumerationAgreesToo'
# Tests of targets that are not built are listed under such names.
NOT_BUILT='_NOT_BUILT'

# ThreadSanitizer of GCC 12 cannot place its shadow where kernels randomise more than 28 bits.
plainly_placed() {
  if setarch -R true 2>/dev/null; then
    setarch -R "$@"
  else
    "$@"
  fi
}

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
  quietly cmake --preset "$preset" || return
  quietly plainly_placed cmake --build --preset "$preset" --target "$@" || return
  # Where test.sh counts what ran.
  [[ -z ${RIGJIT_TEST_RESULTS:-} ]] || options+=(--output-junit "$RIGJIT_TEST_RESULTS/$preset.xml")
  plainly_placed ctest --preset "$preset" --parallel "$(nproc)" --progress "${options[@]}"
}

status=0
check asan-ubsan -E "$SLOW|$NOT_BUILT" -- fuzzers collision_test frontend_test plan_test engine_test ||
  status=1
check tsan -R '^(LoadProcess|LoadRace|BatchThreads|CacheRace|RigRegistryTest|RigThreads)\.' -- \
  load_test threads_test || status=1

if ((${1:-0} > 0)); then
  say "fuzzing"
  tests/fuzz/run.sh "$1" || status=1
fi
exit "$status"
