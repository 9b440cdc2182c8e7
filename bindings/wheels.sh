#!/usr/bin/env bash
# Builds a wheel for every Python of this machine into dist/, installs each into a fresh virtual
# environment and tests it there, away from the sources.
#
#   bindings/wheels.sh [--long] [PYTHON...]     --long: also the acceptance tests
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/environment.sh"

MAX_WHEEL_BYTES=17000000
# What of the sources the tests read.
TEST_FILES=(
  pyproject.toml configs tests bench bindings/python/rigjit_clip.py
  bindings/python/rigjit_client.py
  engine/include frontend/include  # for a C++ caller
)
# What of tests/requirements.txt a Python without a GIL has wheels of, or builds within minutes.
FREE_THREADED_PACKAGES=(ml_dtypes msgpack numpy pytest PyYAML safetensors scipy)
QUICK_TESTS=(tests/install/test_wheel.py tests/bindings tests/cli)
LONG_TESTS=("${QUICK_TESTS[@]}" tests/acceptance)

# Interpreters by name on the PATH, of pyenv, or as named: one for each tag.
find_pythons() {
  local candidate tag found=" "
  local -a candidates=("$@")
  if ((!$#)); then
    mapfile -t candidates < <(compgen -c python3. | grep -Ex 'python3\.[0-9]+t?' | sort -uV)
    if command -v pyenv >/dev/null; then
      candidates+=("$(pyenv root)"/versions/*/bin/python3)
    fi
  fi
  for candidate in "${candidates[@]}"; do
    if ! is_usable_python "$candidate"; then
      ((!$#)) || say "$candidate is no Python >= 3.10 with headers and venv"
      continue
    fi
    tag=$(python_tag "$candidate")
    [[ $found == *" $tag "* ]] && continue
    found+="$tag "
    "$candidate" -c 'import sys; print(sys.executable)'
  done
}

# fresh_venv PYTHON DIRECTORY [PIP ARGUMENT...]
fresh_venv() {
  local python=$1 venv=$2
  shift 2
  rm -rf "$venv"
  quietly "$python" -m venv "$venv" || return
  quietly "$venv/bin/python" -m pip install --disable-pip-version-check "$@"
}

# build_python PYTHON TAG: an interpreter of this one's kind that can build; kept, at the same place,
# so that the compiler cache knows its headers again.
build_python() {
  local python=$1 venv=$ROOT/build/wheels/$2 print
  print="$python $(fingerprint bindings/wheel_requirements.txt)"
  if ! is_fresh "$venv/.requirements" "$print"; then
    fresh_venv "$python" "$venv" -r "$ROOT/bindings/wheel_requirements.txt"
    echo "$print" >"$venv/.requirements"
  fi
  echo "$venv/bin/python"
}

is_free_threaded() { [[ $(python_tag "$1") == *t ]]; }

check_size() {
  local bytes
  bytes=$(stat -c %s "$1")
  say "$(basename -- "$1"), $bytes bytes"
  if ((bytes > MAX_WHEEL_BYTES)); then
    say "it has more than $MAX_WHEEL_BYTES bytes"
    return 1
  fi
}

# test_wheel PYTHON WHEEL SCRATCH TEST...: only what is copied to the scratch directory, and the
# wheel, can be imported.
test_wheel() {
  local python=$1 wheel=$2 scratch=$3
  shift 3
  (cd "$ROOT" && cp -r --parents "${TEST_FILES[@]}" "$scratch") || return
  cd "$scratch" || return
  # Its own dependencies have to do.
  fresh_venv "$python" venv -c "$ROOT/tests/requirements.txt" "$wheel" || return
  quietly venv/bin/python -m rigjit info || return
  quietly venv/bin/python -c 'import rigjit' || return
  local packages=(-r "$ROOT/tests/requirements.txt")
  if is_free_threaded venv/bin/python; then
    packages=(-c "$ROOT/tests/requirements.txt" "${FREE_THREADED_PACKAGES[@]}"
      -r "$ROOT/bindings/wheel_requirements.txt")
    export PYTHON_GIL=0  # whatever another package says
  fi
  quietly venv/bin/python -m pip install --disable-pip-version-check "${packages[@]}" || return
  RIGJIT_CACHE_DIR=$scratch/cache RIGJIT_WHEEL=$wheel venv/bin/python -m pytest -q "$@"
}

main() {
  local -a pythons tests=("${QUICK_TESTS[@]}")
  if [[ ${1-} == --long ]]; then
    tests=("${LONG_TESTS[@]}")
    shift
  fi
  if command -v apt-get >/dev/null; then
    install_packages
  fi
  mapfile -t pythons < <(find_pythons "$@")
  if ((!${#pythons[@]})); then
    say "no Python >= 3.10 with headers and venv found"
    return 1
  fi
  local python tag builder scratch status=0
  scratch=$(mktemp -d)
  # shellcheck disable=SC2064  # now
  trap "rm -rf '$scratch'" EXIT
  for python in "${pythons[@]}"; do
    tag=$(python_tag "$python")
    say "building for $python"
    builder=$(build_python "$python" "$tag")
    build_wheel "$builder"
    check_size "$ROOT"/dist/rigjit-*-"$tag"-*.whl
  done
  for python in "${pythons[@]}"; do
    tag=$(python_tag "$python")
    say "testing with $python"
    mkdir "$scratch/test-$tag"
    (test_wheel "$python" "$ROOT"/dist/rigjit-*-"$tag"-*.whl "$scratch/test-$tag" "${tests[@]}") ||
      status=1
  done
  return "$status"
}

main "$@"
