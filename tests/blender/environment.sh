# Sourced by test.sh: the Blenders that the tests run in. Debian's by apt, and the bpy wheels of PyPI,
# each in an environment of its own in the source tree. What is there already is left alone.

# bpy version, and the Python that its wheel is for. numpy 2 came with Blender 5.0.
BPY_WHEELS=(4.2.23:3.11 5.0.1:3.11 5.3.0:3.13)

install_blender() {
  command -v blender >/dev/null && return
  say "installing Debian's Blender"
  quietly apt_install blender
}

# find_exact_python 3.13: an interpreter of that version, or nothing.
find_exact_python() {
  local candidate
  for candidate in "python$1" "/usr/bin/python$1" ~/.pyenv/versions/"$1".*/bin/python; do
    if "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
}

# install_bpy 4.2.23 3.11; no such Python: only the newest may be missing.
install_bpy() {
  local version=$1 folder=$ROOT/.venv-bpy-${1%.*} python numpy=numpy
  [[ -f $folder/.complete && $(<"$folder/.complete") == "$version" ]] && return
  python=$(find_exact_python "$2")
  if [[ -z $python ]]; then
    say "no Python $2 for bpy $version"
    [[ $2 == 3.13 ]]
    return
  fi
  say "installing bpy $version"
  rm -rf "$folder"
  quietly "$python" -m venv "$folder"
  [[ $version == 4.* ]] && numpy="numpy<2"
  quietly "$folder/bin/python" -m pip install --disable-pip-version-check "bpy==$version" "$numpy"
  echo "$version" >"$folder/.complete"
}

prepare_blenders() {
  install_blender
  local wheel
  for wheel in "${BPY_WHEELS[@]}"; do install_bpy "${wheel%%:*}" "${wheel##*:}"; done
}
