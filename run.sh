#!/usr/bin/env bash
# Installs what is missing, builds rigjit into .venv and shows it on a real rig.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/bindings/environment.sh"
prepare
exec "$VENV/bin/python" "$ROOT/configs/demo.py" "$@"
