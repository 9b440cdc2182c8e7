"""Gives what a repaired wheel has inside names of its own.

    python bindings/own_symbols.py WHEEL

auditwheel grafts libraries under file names of their own, but their symbols keep their names: a
process that has loaded another version of such a library with RTLD_GLOBAL first (a host
application, another package) would have its functions called instead. Every symbol that a grafted
library defines gets a prefix here, there and in whatever uses it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from auditwheel.wheeltools import InWheel
from elftools.elf.elffile import ELFFile


def symbols_of(path: Path) -> tuple[set[str], set[str]]:
    """The names in a library's table, and those of them that it defines."""
    with path.open("rb") as file:
        table = ELFFile(file).get_section_by_name(".dynsym")
        symbols = [symbol for symbol in table.iter_symbols() if symbol.name]
        defined = {symbol.name for symbol in symbols if symbol["st_shndx"] != "SHN_UNDEF"}
        return {symbol.name for symbol in symbols}, defined


def versioned(path: Path) -> set[str]:
    """What a library asks libstdc++ or glibc for, even where others define it too."""
    with path.open("rb") as file:
        elf = ELFFile(file)
        symbols = elf.get_section_by_name(".dynsym").iter_symbols()
        versions = elf.get_section_by_name(".gnu.version").iter_symbols()
        special = {"VER_NDX_LOCAL", "VER_NDX_GLOBAL"}
        return {
            symbol.name
            for symbol, version in zip(symbols, versions, strict=True)
            if version["ndx"] not in special
        }


def is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def rename(root: Path) -> None:
    elves = [path for path in root.rglob("*") if path.is_file() and is_elf(path)]
    names: dict[str, str] = {}
    for library in elves:
        if library.parent.name.endswith(".libs"):
            # auditwheel's hash of the content tells two versions of rigjit in one process apart.
            (digest,) = re.findall(r"-([0-9a-f]{8})\.so", library.name)
            names |= {name: f"rigjit_{digest}_{name}" for name in symbols_of(library)[1]}
    for name in {name for path in elves for name in versioned(path)}:
        names.pop(name, None)
    with tempfile.NamedTemporaryFile("w", suffix=".map") as file:
        file.writelines(f"{old} {new}\n" for old, new in sorted(names.items()))
        file.flush()
        for path in elves:
            if not names.keys().isdisjoint(symbols_of(path)[0]):
                command = ["patchelf", "--rename-dynamic-symbols", file.name, str(path)]
                subprocess.run(command, check=True)


def main() -> None:
    wheel = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(dir=wheel.parent) as scratch:
        renamed = Path(scratch) / wheel.name
        with InWheel(wheel, renamed) as root:
            rename(root.resolve())
        renamed.replace(wheel)


if __name__ == "__main__":
    main()
