#!/usr/bin/env python3
"""Writes rigjit_blender-VERSION.zip, which every Blender from 3.4 on installs.

    python3 bindings/blender/build.py [directory]      # default: dist/ of the source tree

One folder with both blender_manifest.toml and bl_info: Blender 4.2 and later take it as an
extension, older ones as an add-on. Only the standard library is needed; running it again gives the
same bytes.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import re
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = "rigjit_blender"
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold


def version():
    manifest = (HERE / PACKAGE / "blender_manifest.toml").read_text("utf-8")
    return re.search(r'^version = "(.+)"$', manifest, re.MULTILINE).group(1)


def contents():
    """{name in the folder: bytes}, sorted."""
    files = {path.name: path for path in (HERE / PACKAGE).iterdir() if path.is_file()}
    files["rigjit_clip.py"] = HERE.parent / "python" / "rigjit_clip.py"
    files["LICENSE"] = HERE / "LICENSE"
    return {name: files[name].read_bytes() for name in sorted(files)}


def build(folder):
    """The path of the zip."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{PACKAGE}-{version()}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in contents().items():
            entry = zipfile.ZipInfo(f"{PACKAGE}/{name}", _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return path


if __name__ == "__main__":
    print(build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "dist"))
