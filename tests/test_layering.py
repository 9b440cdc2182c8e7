"""Includes go one way, and each foreign library has one crossing.

Also a script: python tests/test_layering.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Room → the rooms whose headers its files may include, beside its own. A room that is not named
# here is an offence, so that a new one is drawn into this picture first.
ENGINE = "engine/include/rigjit"
FRONTEND = "frontend/include/rigjit"
LIBRARY = "bindings/library/include/rigjit"
ROOMS: dict[str, set[str]] = {
    ENGINE: set(),
    "engine/base": {ENGINE},
    "engine/plan": {ENGINE, "engine/base"},
    "engine/reference": {ENGINE, "engine/base", "engine/plan"},
    "engine/compare": {ENGINE, "engine/base", "engine/plan"},
    "engine/describe": {ENGINE, "engine/base", "engine/plan"},
    "engine/code": {ENGINE, "engine/base", "engine/plan"},
    "engine/codegen/lanes": {ENGINE, "engine/base", "engine/plan", "engine/code"},
    "engine/codegen": {
        ENGINE,
        "engine/base",
        "engine/plan",
        "engine/reference",
        "engine/code",
        "engine/codegen/lanes",
    },
    "engine/codegen/link": {
        ENGINE,
        "engine/base",
        "engine/plan",
        "engine/code",
        "engine/codegen",
    },
    "engine/json": {ENGINE, "engine/base", "engine/describe"},
    "engine/poses": {ENGINE, "engine/base", "engine/plan", "engine/reference"},
    "engine/cache": {
        ENGINE,
        "engine/base",
        "engine/plan",
        "engine/code",
        "engine/codegen/link",
        "engine/describe",
    },
    "engine/rig": {
        ENGINE,
        "engine/base",
        "engine/plan",
        "engine/reference",
        "engine/compare",
        "engine/describe",
        "engine/code",
        "engine/codegen/link",
        "engine/json",
        "engine/poses",
        "engine/cache",
    },
    "engine/clips": {ENGINE, "engine/base", "engine/plan", "engine/json", "engine/rig"},
    "engine/explain": {
        ENGINE,
        "engine/base",
        "engine/plan",
        "engine/code",
        "engine/codegen/link",
        "engine/json",
        "engine/rig",
    },
    "engine/emit": {
        ENGINE,
        "engine/base",
        "engine/plan",
        "engine/code",
        "engine/codegen/link",
        "engine/rig",
    },
    "engine/collision/kernel": set(),
    "engine/collision": {ENGINE, "engine/base", "engine/collision/kernel"},
    FRONTEND: {ENGINE},
    "frontend/yaml": {ENGINE, FRONTEND, "engine/base"},
    "frontend/spec": {ENGINE, FRONTEND, "engine/base", "engine/plan", "frontend/yaml"},
    "frontend/lower": {
        ENGINE,
        FRONTEND,
        "engine/base",
        "engine/plan",
        "frontend/yaml",
        "frontend/spec",
    },
    "frontend/load": {
        ENGINE,
        FRONTEND,
        "engine/base",
        "engine/plan",
        "engine/code",
        "engine/cache",
        "engine/rig",
        "frontend/yaml",
        "frontend/spec",
        "frontend/lower",
    },
    LIBRARY: {ENGINE},
    "bindings/library": {LIBRARY, "engine/code", "engine/codegen/link"},
    "bindings/cli/text": {ENGINE, "engine/base"},
    "bindings/cli/io": {ENGINE, FRONTEND, "engine/base", "bindings/cli/text"},
    "bindings/cli/convert": {
        ENGINE,
        FRONTEND,
        "engine/base",
        "engine/clips",
        "engine/poses",
        "bindings/cli/text",
        "bindings/cli/io",
    },
    "bindings/cli/penetrations": {
        "engine/base",
        ENGINE,
        "bindings/cli/text",
        "bindings/cli/io",
        "bindings/cli/convert",
    },
    "bindings/cli/commands": {
        "bindings/cli/penetrations",
        ENGINE,
        FRONTEND,
        "engine/base",
        LIBRARY,
        "bindings/cli/text",
        "bindings/cli/io",
        "bindings/cli/convert",
    },
    "bindings/python/support": {ENGINE, "engine/base"},
    "bindings/python/input": {ENGINE, FRONTEND, "engine/base", "bindings/python/support"},
    "bindings/python/calls": {
        ENGINE,
        FRONTEND,
        "engine/base",
        "bindings/python/support",
        "bindings/python/input",
    },
    "bindings/python/batches": {
        ENGINE,
        FRONTEND,
        "engine/base",
        "engine/clips",
        "engine/poses",
        "bindings/python/support",
        "bindings/python/input",
        "bindings/python/calls",
    },
    "bindings/python/collision": {
        ENGINE,
        "bindings/python/support",
        "bindings/python/input",
    },
    "bindings/python/module": {
        ENGINE,
        FRONTEND,
        "engine/base",
        LIBRARY,
        "bindings/python/support",
        "bindings/python/input",
        "bindings/python/calls",
        "bindings/python/batches",
        "bindings/python/collision",
    },
}

# Distances of hulls and the conversion know nothing of each other: of the public headers the one
# sees its own, errors and results alone, the other all but that.
COLLISION = "engine/collision"
COLLISION_HEADER = "rigjit/collision.h"
COLLISION_SEES = {COLLISION_HEADER, "rigjit/error.h", "rigjit/result.h", "rigjit/export.h"}
COLLISION_SEES |= {f"base/{name}.h" for name in ("default_float_env", "make_error", "posix_file")}
COLLISION_SEES |= {
    f"base/{name}.h" for name in ("checksum", "json_string", "output_file", "simdjson")
}

# What an include may be relative to.
ROOTS = [
    "engine",
    ENGINE.removesuffix("/rigjit"),
    "frontend",
    FRONTEND.removesuffix("/rigjit"),
    LIBRARY.removesuffix("/rigjit"),
    "bindings/cli",
    "bindings/python",
]

# The only files or rooms that may include a library.
CROSSINGS = {
    "CLI/": {
        "bindings/cli/commands/add_commands.cc",
        "bindings/cli/commands/add_commands.h",
        "bindings/cli/commands/options.cc",
    },
    "Python.h": {"bindings/python/"},
    "dragonbox": {"engine/json/"},
    "libqhull": {"engine/collision/convex_hull.cc"},
    "llvm": {"engine/codegen/"},
    "msgpack": {"engine/poses/read_msgpack.cc"},
    "pybind11": {"bindings/python/"},
    "simdjson": {"engine/base/simdjson.h"},
    "xxhash": {"engine/base/checksum.cc"},
    "yaml-cpp": {"frontend/yaml/yaml_tree.cc", "frontend/yaml/parser_turn.cc"},
}

# What is written once, and where: a pattern of the code and the only files that may have it.
ONCE = {
    # Files of the system. The others only map memory, or reopen what was closed at the start.
    r"(?<!\w)::(open|openat|read|pread|write|pwrite|rename|fsync|mkostemp|readlink|realpath)\(|strerror"
    r"|std::(tmpfile|rename|ifstream|ofstream|fopen)": {
        "engine/base/posix_file.cc",
        "engine/base/log.cc",
        "bindings/cli/io/standard_streams.cc",
        "bindings/cli/io/progress.cc",
    },
    # Errors that are not made by make_error(), which makes their messages printable. Of Python's
    # the constructor of Error takes any text.
    r"^\s*(rigjit::)?Error \w+;|\.message = [^=]": {
        "engine/base/make_error.cc",
        "engine/base/spec_text.cc",
        "engine/rig/frame_errors.cc",
        "frontend/spec/bases.cc",
        "bindings/cli/convert/bad_frames.cc",
        "bindings/python/support/errors.cc",
    },
    r"\bbool overlap\(": {"engine/base/buffers.h"},
    r"\b(std::)?size_t utf8_length\(|sequence_length": {
        "engine/base/utf8.h",
        "engine/base/utf8.cc",
    },
    r"void append_escape\(.*json|\\\\u%04x": {"engine/base/json_string.cc"},
    r"define SIMDJSON_": {"engine/base/simdjson.h"},
    r"32\} << 20|32 \* 1024 \* 1024|at most 32 MB": {"engine/base/spec_text.h"},
}


def room_of(include: str, name: str) -> str | None:
    """The room that an include of a file leads to; None for headers from elsewhere."""
    for root in [*ROOTS, str(Path(name).parent)]:
        if (ROOT / root / include).is_file():
            return (Path(root) / include).parent.as_posix()
    return None


def mixes_collision(room: str, include: str) -> bool:
    if room.startswith(COLLISION):
        return not include.startswith("collision/") and include not in COLLISION_SEES
    return room.startswith(("engine/", "frontend/")) and include == COLLISION_HEADER


def offences_of(path: Path) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    room = path.parent.relative_to(ROOT).as_posix()
    allowed = ROOMS.get(room)
    if allowed is None:
        return [f"{name}: its folder is no room of tests/test_layering.py"]
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        include = re.match(r'\s*#include [<"]([^>"]+)[>"]', line)
        if include is None:
            continue
        other = room_of(include[1], name)
        is_wrong = other is not None and other != room and other not in allowed
        is_wrong |= other is not None and mixes_collision(room, include[1])
        for library, places in CROSSINGS.items():
            if include[1].startswith(library):
                is_wrong |= not any(name.startswith(place) for place in places)
        if is_wrong:
            found.append(f"{name}:{number}: {line.strip()}")
    return found


def offences() -> list[str]:
    """Every include that goes the wrong way, as file:line: text."""
    found = []
    for folder in ("engine", "frontend", "bindings"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".cc", ".h"):
                found += offences_of(path)
    return found


def circles() -> list[str]:
    """The rooms that may include each other, directly or through others."""

    def reaches(room: str, goal: str, seen: set[str]) -> bool:
        new = ROOMS[room] - seen
        seen |= new
        return goal in new or any(reaches(other, goal, seen) for other in new)

    return [room for room in ROOMS if reaches(room, room, set())]


def test_includes_go_one_way():
    assert offences() == []


def test_what_is_written_once():
    found = []
    for folder in ("engine", "frontend", "bindings"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".cc", ".h"):
                continue
            name = path.relative_to(ROOT).as_posix()
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                code = line.split("//")[0]
                for pattern, places in ONCE.items():
                    if name not in places and re.search(pattern, code):
                        found.append(f"{name}:{number}: {line.strip()}")
    assert found == []


def test_rooms_form_no_circle():
    assert circles() == []


def test_every_room_is_there():
    assert [room for room in ROOMS if not any((ROOT / room).glob("*.[ch]*"))] == []


if __name__ == "__main__":
    wrong = offences()
    print("\n".join(wrong))
    sys.exit(bool(wrong))
