"""engine/codegen/README.md shows what is really printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import rigjit

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "engine/codegen/README.md").read_text()
BLOCKS = re.findall(r"<!-- dump: (\S+) (\S+) (\S+) -->\n```text\n(.*?)```", TEXT, re.S)


def test_there_is_a_dump():
    assert len(BLOCKS) == 1


@pytest.mark.parametrize(("target", "program", "controller", "shown"), BLOCKS)
def test_lines_are_those_of_the_dump_in_their_order(
    target: str, program: str, controller: str, shown: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(ROOT)
    rig = rigjit.load("configs/seed.yaml")
    dump = rig.ir(controller=controller, program=program, target=target)
    at = 0
    for line in shown.splitlines():
        pattern = ".*".join(re.escape(part.rstrip()) for part in line.split("…"))
        found = re.compile("^" + pattern, re.M).search(dump, at)
        assert found, line
        at = found.end()


def test_the_line_of_the_spec_is_there():
    number = int(re.search(r"line (\d+) of \[seed.yaml\]", TEXT)[1])
    line = (ROOT / "configs/seed.yaml").read_text().splitlines()[number - 1]
    assert f"```yaml fragment\n{line}\n```" in TEXT


def test_the_plan_is_what_is_printed():
    rig = rigjit.loads("""
        rigjit: 1
        controllers:
          - {name: x_main_CTRL, transformations: [translation: {axes: xyz, scale: 25}]}
          - {name: l_elbow_CTRL, transformations: [rotation1d: {axis: y}]}
          - {name: head_CTRL, transformations: [rotation3d: {rotate_order: zxy}]}""")
    assert f"```text\n{rig.plan()}```" in TEXT
    assert rig.msgpack_size == 139
    assert "139 here" in TEXT
