#!/usr/bin/env bash
# What machines find in the text of the sources: formats, and mistakes that compilers miss. Every tool is
# pinned. clang-tidy of 23 skips what comes from system headers, which makes it four times as fast as
# LLVM's own of 19: the whole tree takes minutes.
#
#   tests/lint.sh [FILE...]     # these .cc files alone for clang-tidy
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/../bindings/environment.sh"
cd "$ROOT"
install_packages
make_venv
PATH=$VENV/bin:$PATH
if ! is_fresh "$VENV/.lint" "$(fingerprint tests/lint_requirements.txt)"; then
  say "installing linters"
  quietly pip install --disable-pip-version-check -r tests/lint_requirements.txt
  fingerprint tests/lint_requirements.txt >"$VENV/.lint"
fi

sources() { find bench bindings engine frontend tests -name "$1" -print0 | LC_ALL=C sort -z; }

status=0
say "ruff"
ruff check . || status=1
ruff format --check . || status=1
say "clang-format"
{ sources '*.h' && sources '*.cc'; } | xargs -0 clang-format --dry-run -Werror || status=1

say "clang-tidy"
# A build that has everything: also the extension and the benchmarks.
quietly cmake --preset dev -B build/lint -DRIGJIT_PYTHON=ON -DRIGJIT_BENCH=ON \
  -DPython_EXECUTABLE="$VENV/bin/python" -Dpybind11_DIR="$(python -m pybind11 --cmakedir)"
# Those that are built here, in the order of their names.
built_sources() {
  python - <<'PYTHON'
import json, os
commands = json.load(open("build/lint/compile_commands.json"))
names = {os.path.relpath(command["file"]) for command in commands}
wanted = ("bench/", "bindings/", "engine/", "frontend/")
print(*sorted(name for name in names if name.startswith(wanted)), sep="\n")
PYTHON
}
if (($#)); then
  printf '%s\n' "$@"
else
  built_sources
fi | xargs -d '\n' -n 4 -P "$(nproc)" clang-tidy -p build/lint --quiet || status=1
exit "$status"
