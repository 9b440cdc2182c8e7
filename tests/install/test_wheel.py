"""The wheel as it is shipped: tags, contents, and what it asks of a machine."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import platform
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

ROOT = Path(__file__).resolve().parents[2]
PYTHON_TAG = f"cp{sys.version_info[0]}{sys.version_info[1]}"
ABI_TAG = PYTHON_TAG + ("t" if sysconfig.get_config_var("Py_GIL_DISABLED") else "")
MAX_BYTES = 17_000_000
# PEP 600: what a machine of this tag has.
GLIBC = (2, 34)
NEWEST = {"GLIBC": GLIBC, "GLIBCXX": (3, 4, 29), "CXXABI": (1, 3, 13), "GCC": (12, 0, 0)}
SYSTEM = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1"}
LOADER = re.compile(r"ld-linux[-\w]*\.so\.\d")


def find_wheel() -> Path | None:
    if "RIGJIT_WHEEL" in os.environ:
        return Path(os.environ["RIGJIT_WHEEL"])
    return next((ROOT / "dist").glob(f"rigjit-*-{ABI_TAG}-*.whl"), None)


@pytest.fixture(scope="module")
def wheel():
    path = find_wheel()
    if path is None:
        pytest.skip("there is no wheel for this Python in dist/; run.sh makes one")
    return path


@pytest.fixture(scope="module")
def files(wheel) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {i.filename: archive.read(i) for i in archive.infolist() if not i.is_dir()}


@pytest.fixture(scope="module")
def elves(files) -> dict[str, ELFFile]:
    return {
        name: ELFFile(io.BytesIO(data))
        for name, data in files.items()
        if data.startswith(b"\x7fELF")
    }


def one(files: dict[str, bytes], pattern: str) -> bytes:
    (name,) = [name for name in files if re.fullmatch(pattern, name)]
    return files[name]


def test_name_and_tags(wheel, files):
    tag = f"{PYTHON_TAG}-{ABI_TAG}-manylinux_{GLIBC[0]}_{GLIBC[1]}_{platform.machine()}"
    assert re.fullmatch(rf"rigjit-\d+\.\d+\.\d+-{tag}\.whl", wheel.name)
    text = one(files, r"[^/]+\.dist-info/WHEEL").decode()
    assert re.findall(r"^Tag: (.*)$", text, re.MULTILINE) == [tag]
    assert "Root-Is-Purelib: false" in text
    assert wheel.stat().st_size <= MAX_BYTES


def test_metadata(files):
    text = one(files, r"[^/]+\.dist-info/METADATA").decode()
    assert "\nRequires-Python: >=3.10\n" in text
    assert "\nRequires-Dist: numpy" in text
    licences = re.findall(r"^License-File: (.*)$", text, re.MULTILINE)
    assert {Path(name).name for name in licences} == {"LICENSE", "THIRD_PARTY_NOTICES.txt"}
    for name in licences:
        assert one(files, rf"[^/]+\.dist-info/licenses/{re.escape(name)}")
    assert b"rigjit=" in one(files, r"[^/]+\.dist-info/entry_points\.txt").replace(b" ", b"")


def test_contents(files):
    wanted = {"rigjit/librigjit.so", "rigjit/bin/rigjit", "rigjit/py.typed", "rigjit_clip.py"}
    wanted |= {"rigjit_client.py", "rigjit/serve/page/page.html", "rigjit/serve/page/rigs.js"}
    assert wanted <= set(files)
    assert [name for name in files if re.match(r"rigjit/_rigjit\.cpython-.*\.so$", name)]
    foreign = [n for n in files if not re.match(r"(rigjit(\.libs|-[^/]+\.dist-info)?/|rigjit_)", n)]
    assert not foreign
    assert not [n for n in files if n.endswith((".h", ".a", ".cmake", ".cc", ".pyc"))]


def test_notices_name_what_is_inside(files):
    notices = one(files, r".*/THIRD_PARTY_NOTICES\.txt").decode()
    inside = [
        "LLVM",
        "Qhull",
        "yaml-cpp",
        "simdjson",
        "zlib",
        "Zstandard",
        "pybind11",
        "xxHash",
        "CLI11",
    ]
    assert [name for name in inside if f"\n{name}" not in notices] == []
    grafted = {re.match(r"rigjit\.libs/lib([a-z-]+?)-[0-9a-f]{8}\.so", n) for n in files}
    assert {match[1] for match in grafted if match} <= set(inside)


def test_record(files):
    (record,) = [name for name in files if name.endswith(".dist-info/RECORD")]
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(files[record].decode()))}
    assert set(rows) == set(files)
    assert rows.pop(record) == ["", ""]
    for name, (digest, size) in rows.items():
        sha256 = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).rstrip(b"=")
        assert digest == f"sha256={sha256.decode()}", name
        assert int(size) == len(files[name])


def test_no_paths_of_the_build(files):
    paths = {str(ROOT), str(Path.home()), sys.prefix, sys.base_prefix}
    paths = {os.fsencode(path) for path in paths if len(Path(path).parts) > 1}
    paths -= {b"/usr", b"/tmp"}
    for name, data in files.items():
        assert [path for path in paths if path + b"/" in data] == [], name


def dynamic_tags(elf: ELFFile, tag: str) -> list[str]:
    (section,) = [s for s in elf.iter_sections() if isinstance(s, DynamicSection)]
    attribute = {"DT_NEEDED": "needed", "DT_RPATH": "rpath", "DT_RUNPATH": "runpath"}[tag]
    return [getattr(t, attribute) for t in section.iter_tags(tag)]


def test_needed_libraries_are_inside_or_everywhere(elves):
    inside = {Path(name).name for name in elves}
    for name, elf in elves.items():
        needed = set(dynamic_tags(elf, "DT_NEEDED"))
        outside = {library for library in needed - inside - SYSTEM if not LOADER.fullmatch(library)}
        assert not outside, name
        for path in dynamic_tags(elf, "DT_RPATH") + dynamic_tags(elf, "DT_RUNPATH"):
            assert all(part.startswith("$ORIGIN") for part in path.split(":")), name


def test_versioned_symbols(elves):
    for name, elf in elves.items():
        for section in elf.iter_sections():
            if not isinstance(section, GNUVerNeedSection):
                continue
            for library, versions in section.iter_versions():
                assert library.name in SYSTEM or LOADER.fullmatch(library.name), name
                for version in versions:
                    space, _, number = version.name.rpartition("_")
                    parts = tuple(int(part) for part in number.split("."))
                    assert parts <= NEWEST[space], f"{name}: {version.name} of {library.name}"


def test_library_shows_its_api_alone(elves):
    symbols = elves["rigjit/librigjit.so"].get_section_by_name(".dynsym")
    shown = [s.name for s in symbols.iter_symbols() if s["st_shndx"] != "SHN_UNDEF" and s.name]
    assert shown
    # Nested names of namespace rigjit, and their vtables, typeinfos and guards.
    api = re.compile(r"_Z(N[KVRO]*|T[VTISC]N?|GVN|Z?N?[KV]*)6rigjit|_ZT[ISV]N6rigjit")
    assert [name for name in shown if not api.match(name)] == []


PROGRAM = """
import rigjit
rig = rigjit.loads("{rigjit: 1, controllers: [{name: c, transformations: [translation: {}]}]}")
rig.rig_to_vec(rig.vec_to_json(rig.rest_vec))
print(*{line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}, sep="\\n")
"""


def test_uses_the_libraries_inside(elves, tmp_path):
    """Not those of the same name that this machine may have."""
    environment = {**os.environ, "RIGJIT_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", PROGRAM]
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    mapped = {Path(path) for path in result.stdout.split("\n") if path}
    for name in elves:
        if name.startswith("rigjit.libs/"):
            assert [p for p in mapped if p.parts[-2:] == Path(name).parts], name
            stem = Path(name).name.rsplit("-", 1)[0]
            assert not [p for p in mapped if p.name.startswith(f"{stem}.so")]
