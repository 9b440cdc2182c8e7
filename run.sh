#!/usr/bin/env bash
# Installs what is missing, builds rigjit into .venv and shows it on a real rig.
#   ./run.sh sketch     the whole way: a drawing, a network, a web API, a character that moves
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/bindings/environment.sh"
prepare
if [[ ${1-} == sketch ]]; then
  exec "$VENV/bin/python" "$ROOT/configs/sketch/demo.py" "${@:2}"
fi
exec "$VENV/bin/python" "$ROOT/configs/demo.py" "$@"
