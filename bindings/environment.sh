# Sourced by run.sh and test.sh: what the project needs on a Debian 12 machine, and `.venv` with the
# wheel built from this tree. Whatever is there already is left alone, so that a second run is quick.

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
VENV=$ROOT/.venv
# What one checkout has compiled serves every other: paths are taken relative to the build.
export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1

DEBIAN_PACKAGES=(
  ccache cmake g++ libbenchmark-dev libcli11-dev libdragonbox-dev libgmock-dev libgtest-dev
  libmsgpack-cxx-dev libqhull-dev libsimdjson-dev libxxhash-dev libyaml-cpp-dev libzstd-dev lld-19 llvm-19
  llvm-19-dev ninja-build python3-dev python3-venv zlib1g-dev
)
# What tests need that are skipped elsewhere.
CI_PACKAGES=(
  binutils blender chromium clang-19 g++-aarch64-linux-gnu gcc-aarch64-linux-gnu libc6-dev-arm64-cross
  linux-perf qemu-user strace
)

say() { printf '== %s\n' "$*" >&2; }

# Runs a command; shows what it printed only if it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "no sudo here; run this as root: $*"
    return 1
  fi
}

is_installed() {
  [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# install_packages [MORE...]
install_packages() {
  local missing=() package
  for package in "${DEBIAN_PACKAGES[@]}" "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  if ! command -v apt-get >/dev/null; then
    say "this is no Debian: install these yourself: ${missing[*]}"
    return 1
  fi
  say "installing ${missing[*]}"
  quietly as_root apt-get update
  quietly apt_install "${missing[@]}"
}

# Whether a Python is new enough, can make virtual environments and has its headers.
is_usable_python() {
  "$1" - >/dev/null 2>&1 <<'PYTHON'
import ensurepip, os, sys, sysconfig, venv
headers = os.path.join(sysconfig.get_path("include"), "Python.h")
sys.exit(not (sys.version_info >= (3, 10) and os.path.exists(headers)))
PYTHON
}

find_python() {
  local candidate
  for candidate in python3.11 /usr/bin/python3.11 python3 /usr/bin/python3 python3.12 python3.13 \
    python3.10; do
    if is_usable_python "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  say "no Python >= 3.10 with headers and venv found"
  return 1
}

# fingerprint PATH...: changes when a file below does.
fingerprint() {
  (
    cd "$ROOT"
    find "$@" -type f -not -path '*/__pycache__/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum |
      sha256sum | cut -d' ' -f1
  )
}

# is_fresh STAMP FINGERPRINT
is_fresh() { [[ -f $1 && $(<"$1") == "$2" ]]; }

make_venv() {
  # A virtual environment that was moved, or whose Python is gone, is made anew.
  if [[ ! -x $VENV/bin/python || $("$VENV/bin/python" -c 'import sys; print(sys.prefix)' 2>/dev/null) != "$VENV" ]]; then
    local python
    python=$(find_python)
    say "making .venv with $python"
    rm -rf "$VENV"
    quietly "$python" -m venv "$VENV"
  fi
  local print
  print=$(fingerprint tests/requirements.txt tests/serve/requirements.txt \
    bindings/wheel_requirements.txt)
  if ! is_fresh "$VENV/.requirements" "$print"; then
    say "installing Python packages"
    quietly "$VENV/bin/python" -m pip install --disable-pip-version-check \
      -r "$ROOT/tests/requirements.txt" -r "$ROOT/tests/serve/requirements.txt"
    echo "$print" >"$VENV/.requirements"
  fi
}

# python_tag PYTHON: cp311, or cp313t without the GIL.
python_tag() {
  "$1" -c 'import sys, sysconfig
print("cp%d%d" % sys.version_info[:2] + ("t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""))'
}

# build_wheel PYTHON: dist/rigjit-*.whl for an interpreter that has bindings/wheel_requirements.txt,
# with the libraries that it needs beyond glibc and libstdc++ inside, under names of their own.
build_wheel() {
  local python=$1 plain path
  plain=$(mktemp -d)
  # PATH: scikit-build-core, CMake and auditwheel must see this environment's packages and Python.
  path=$(dirname -- "$python"):$PATH
  PATH=$path quietly "$python" -m pip wheel --disable-pip-version-check --no-build-isolation \
    --no-deps --wheel-dir "$plain" "$ROOT" || return
  rm -f "$ROOT"/dist/rigjit-*-"$(python_tag "$python")"-*.whl
  PATH=$path quietly "$python" -m auditwheel repair --wheel-dir "$ROOT/dist" "$plain"/rigjit-*.whl ||
    return
  PATH=$path quietly "$python" "$ROOT/bindings/own_symbols.py" \
    "$ROOT"/dist/rigjit-*-"$(python_tag "$python")"-*.whl || return
  rm -rf "$plain"
}

install_wheel() {
  local print
  print=$(fingerprint engine frontend bindings CMakeLists.txt pyproject.toml LICENSE)
  is_fresh "$VENV/.wheel" "$print" && return
  say "building the wheel"
  build_wheel "$VENV/bin/python"
  quietly "$VENV/bin/python" -m pip install --disable-pip-version-check --no-deps \
    --force-reinstall "$ROOT"/dist/rigjit-*-"$(python_tag "$VENV/bin/python")"-*.whl
  echo "$print" >"$VENV/.wheel"
}

prepare() {
  install_packages
  make_venv
  install_wheel
}
