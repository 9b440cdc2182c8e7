# Sourced by test.sh: an environment for Ray and whatever else reads data sets, 1.2 GB, in the source tree.
# It is made, and its tests run, with RIGJIT_LONG_TESTS=1.

prepare_ray() {
  local folder=$ROOT/.venv-ray print
  print=$(fingerprint tests/cluster/requirements.txt)
  if ! is_fresh "$folder/.complete" "$print"; then
    say "installing Ray"
    rm -rf "$folder"
    quietly "$(find_python)" -m venv "$folder"
    quietly "$folder/bin/python" -m pip install --disable-pip-version-check \
      -r "$ROOT/tests/cluster/requirements.txt"
    echo "$print" >"$folder/.complete"
  fi
  quietly "$folder/bin/python" -m pip install --disable-pip-version-check --no-deps \
    --force-reinstall "$ROOT"/dist/rigjit-*-"$(python_tag "$folder/bin/python")"-*.whl
}

# test_ray RESULTS.xml
test_ray() {
  HF_HUB_OFFLINE=1 "$ROOT/.venv-ray/bin/python" -m pytest -p no:cacheprovider --disable-warnings \
    -W default --junitxml "$1" "$ROOT/tests/cluster"
}
