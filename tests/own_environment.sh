# Sourced by test.sh: environments of their own, in the source tree, for what is too large for `.venv`.

# prepare_own NAME TESTS: .venv-NAME with tests/TESTS/requirements.txt and the newest wheel. Each step says
# itself whether it failed: bash's `set -e` is off in a function whose caller asks for its status.
prepare_own() {
  local folder=$ROOT/.venv-$1 requirements=tests/$2/requirements.txt print
  print=$(fingerprint "$requirements")
  if ! is_fresh "$folder/.complete" "$print"; then
    say "installing $1"
    rm -rf "$folder"
    quietly "$(find_python)" -m venv "$folder" || return
    if ! quietly "$folder/bin/python" -m pip install --disable-pip-version-check \
      -r "$ROOT/$requirements"; then
      rm -rf "$folder"
      say "$1 can't be installed: its tests are not run ($(df -Ph "$ROOT" | awk 'NR == 2 { print $4 }') of disk are free)"
      return 1
    fi
    echo "$print" >"$folder/.complete"
  fi
  quietly "$folder/bin/python" -m pip install --disable-pip-version-check --no-deps \
    --force-reinstall "$ROOT"/dist/rigjit-*-"$(python_tag "$folder/bin/python")"-*.whl || return
}

# test_own NAME RESULTS.xml TEST...
test_own() {
  HF_HUB_OFFLINE=1 "$ROOT/.venv-$1/bin/python" -m pytest -p no:cacheprovider --disable-warnings \
    -W default --junitxml "$2" "${@:3}"
}

# test_ray RESULTS.xml: Ray and whatever else reads data sets, 1.2 GB.
test_ray() {
  prepare_own ray cluster && test_own ray "$1" tests/cluster
}

# test_torch RESULTS.xml: 5.7 GB. Tests that `.venv` skips for want of torch run here, too.
test_torch() {
  prepare_own torch differentiable && test_own torch "$1" tests/differentiable \
    tests/bindings/test_collision_input.py tests/bindings/test_tensors.py \
    tests/dataset/test_torch_loader.py
}
