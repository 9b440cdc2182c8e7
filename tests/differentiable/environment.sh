# Sourced by test.sh: an environment for torch, 5.7 GB, in the source tree. It is made, and its tests run,
# with RIGJIT_LONG_TESTS=1.

prepare_torch() {
  local folder=$ROOT/.venv-torch print
  print=$(fingerprint tests/differentiable/requirements.txt)
  if ! is_fresh "$folder/.complete" "$print"; then
    say "installing torch"
    rm -rf "$folder"
    quietly "$(find_python)" -m venv "$folder"
    quietly "$folder/bin/python" -m pip install --disable-pip-version-check \
      -r "$ROOT/tests/differentiable/requirements.txt"
    echo "$print" >"$folder/.complete"
  fi
  quietly "$folder/bin/python" -m pip install --disable-pip-version-check --no-deps \
    --force-reinstall "$ROOT"/dist/rigjit-*-"$(python_tag "$folder/bin/python")"-*.whl
}

# test_torch RESULTS.xml
test_torch() {
  "$ROOT/.venv-torch/bin/python" -m pytest -p no:cacheprovider --disable-warnings \
    -W default --junitxml "$1" "$ROOT/tests/differentiable"
}
