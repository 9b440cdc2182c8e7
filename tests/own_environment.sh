# Sourced by test.sh: environments of their own, in the source tree, for what is too large for `.venv`. They
# are made, and the tests in them run, with RIGJIT_LONG_TESTS=1.

# prepare_own NAME TESTS: .venv-NAME with tests/TESTS/requirements.txt and the newest wheel.
prepare_own() {
  local folder=$ROOT/.venv-$1 requirements=tests/$2/requirements.txt print
  print=$(fingerprint "$requirements")
  if ! is_fresh "$folder/.complete" "$print"; then
    say "installing $1"
    rm -rf "$folder"
    quietly "$(find_python)" -m venv "$folder"
    quietly "$folder/bin/python" -m pip install --disable-pip-version-check -r "$ROOT/$requirements"
    echo "$print" >"$folder/.complete"
  fi
  quietly "$folder/bin/python" -m pip install --disable-pip-version-check --no-deps \
    --force-reinstall "$ROOT"/dist/rigjit-*-"$(python_tag "$folder/bin/python")"-*.whl
}

# test_own NAME TESTS RESULTS.xml
test_own() {
  HF_HUB_OFFLINE=1 "$ROOT/.venv-$1/bin/python" -m pytest -p no:cacheprovider --disable-warnings \
    -W default --junitxml "$3" "$ROOT/tests/$2"
}
