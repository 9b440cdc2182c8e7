#!/usr/bin/env bash
# tests/fuzz/run.sh [SECONDS [TARGET...]]: builds the fuzzers with clang and runs each target for
# SECONDS (60), a core each. Inputs that reach new code are kept in build/fuzz/found/TARGET and tried
# again first. What fails is in build/fuzz/failed; put it into tests/fuzz/corpus/TARGET and mend it.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

seconds=${1:-60}
targets=("${@:2}")
if ((${#targets[@]} == 0)); then
  targets=(clip code_file json_pose msgpack_pose pose_splitter spec spec_record vector_file)
fi

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz >/dev/null

export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:allocator_may_return_null=0
mkdir -p build/fuzz/failed

fuzz() {
  local target=$1 found=build/fuzz/found/$1 dictionary=tests/fuzz/dictionaries/$1.dict
  mkdir -p "$found"
  local options=(-max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=8192
    -print_final_stats=1 -verbosity=0 -artifact_prefix="build/fuzz/failed/$target-")
  local inputs=("$found" "tests/fuzz/corpus/$target")
  case $target in
    spec) inputs+=(tests/bad_specs) ;;
    *) inputs+=("build/fuzz/tests/fuzz/seeds/$target") ;;
  esac
  case $target in clip | vector_file) dictionary=tests/fuzz/dictionaries/matrix.dict ;; esac
  [[ -f $dictionary ]] && options+=(-dict="$dictionary")
  if ! build/fuzz/tests/fuzz/fuzz_"$target" "${options[@]}" "${inputs[@]}" \
    >"build/fuzz/$target.log" 2>&1; then
    cat "build/fuzz/$target.log"
    echo "$target: FAILED"
    return 1
  fi
  echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$target.log") inputs"
}
export -f fuzz
export seconds

printf '%s\n' "${targets[@]}" | xargs -P "${FUZZ_JOBS:-$(nproc)}" -I{} bash -c 'fuzz {}'
