"""Counts what ran, names what was skipped and why, and in CI refuses what should have run.

python tests/count_tests.py RESULTS.xml...     JUnit's XML, as ctest and pytest write it

Exits with 1 if a file is missing or holds no test, if a test failed, and with CI=true also if one
was skipped that tests/expected_skips.txt does not name.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from xml.etree import ElementTree

OUTCOMES = ("passed", "failed", "skipped")
EXPECTED = Path(__file__).with_name("expected_skips.txt")


@dataclass(frozen=True)
class Test:
    name: str
    outcome: str  # of OUTCOMES
    reason: str = ""  # of a skip


def reason_of(case: ElementTree.Element, skipped: ElementTree.Element) -> str:
    """GoogleTest prints it behind `Skipped`; pytest has it in the message."""
    printed = re.search(r": Skipped\n(.*)", case.findtext("system-out") or "")
    return printed[1] if printed else skipped.get("message", "")


def tests_of(path: Path) -> Iterator[Test]:
    """What ran, and what was skipped while running; not what is switched off by name."""
    for case in ElementTree.parse(path).iter("testcase"):
        name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
        if case.get("classname") == case.get("name"):  # ctest's
            name = case.get("name", "")
        skipped = case.find("skipped")
        if case.get("status") == "disabled":
            continue
        if case.find("failure") is not None or case.find("error") is not None:
            yield Test(name, "failed")
        elif skipped is not None:
            yield Test(name, "skipped", reason_of(case, skipped))
        else:
            yield Test(name, "passed")


def expected_skips(text: str) -> list[tuple[str, str]]:
    """(test, part of the reason) a line."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(part.strip() for part in line.split(": ", 1)) for line in lines]  # type: ignore[misc]


def is_expected(test: Test, expected: list[tuple[str, str]]) -> bool:
    return any(fnmatchcase(test.name, name) and part in test.reason for name, part in expected)


def in_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items())


def report(paths: list[Path], expected: list[tuple[str, str]], in_ci: bool) -> bool:
    """Prints a line a skip, a line a file and the sum; whether all is well."""
    well = True
    sums = dict.fromkeys(OUTCOMES, 0)
    for path in paths:
        tests = list(tests_of(path)) if path.is_file() else []
        counts = {o: sum(test.outcome == o for test in tests) for o in OUTCOMES}
        for test in tests:
            if test.outcome == "skipped":
                known = is_expected(test, expected)
                well &= known or not in_ci
                print(f"skipped{'' if known else ', unexpectedly'}: {test.name}: {test.reason}")
        well &= counts["passed"] > 0 and counts["failed"] == 0
        print(f"{path.stem}: {in_words(counts)}")
        sums = {outcome: sums[outcome] + counts[outcome] for outcome in OUTCOMES}
    print(f"all: {in_words(sums)}")
    return well


def main() -> int:
    paths = [Path(argument) for argument in sys.argv[1:]]
    in_ci = os.environ.get("CI") == "true"
    well = report(paths, expected_skips(EXPECTED.read_text("utf-8")), in_ci)
    return 0 if well and paths else 1


if __name__ == "__main__":
    sys.exit(main())
