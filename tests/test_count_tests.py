"""What CI refuses: tests that fail, that are skipped unexpectedly, and runs of nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from count_tests import EXPECTED, expected_skips, report

CTEST = """<testsuite name="Linux" tests="3">
<testcase name="Plan.Builds" classname="Plan.Builds" status="run"/>
<testcase name="Cache.Trust" classname="Cache.Trust" status="notrun">
  <skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
  <system-out>[ RUN      ] Cache.Trust
/src/cache_test.cc:12: Skipped
needs a second user

[  SKIPPED ] Cache.Trust (0 ms)</system-out>
</testcase>
<testcase name="Slow.Sweep" classname="Slow.Sweep" status="disabled"/>
</testsuite>"""
PYTEST = """<testsuites><testsuite name="pytest" tests="2">
<testcase classname="tests.bindings.test_calls" name="test_one[a]"/>
<testcase classname="tests.bindings.test_tensors" name="test_torch">
  <skipped type="pytest.skip" message="could not import 'torch'">tests/x.py:93</skipped>
</testcase>
</testsuite></testsuites>"""
FAILED = """<testsuite><testcase classname="a" name="b"><failure message="no"/></testcase>
<testcase classname="a" name="c"/></testsuite>"""


@pytest.fixture
def results(tmp_path):
    (tmp_path / "ctest.xml").write_text(CTEST)
    (tmp_path / "pytest.xml").write_text(PYTEST)
    (tmp_path / "failed.xml").write_text(FAILED)
    return tmp_path


def test_counts_and_reasons(results, capsys):
    expected = [("Cache.*", "second user")]
    assert report([results / "ctest.xml", results / "pytest.xml"], expected, in_ci=False)
    assert capsys.readouterr().out.splitlines() == [
        "skipped: Cache.Trust: needs a second user",
        "ctest: 1 passed, 0 failed, 1 skipped",
        "skipped, unexpectedly: tests.bindings.test_tensors::test_torch: could not import 'torch'",
        "pytest: 1 passed, 0 failed, 1 skipped",
        "all: 2 passed, 0 failed, 2 skipped",
    ]


def test_ci_refuses_what_nobody_expected(results):
    assert not report([results / "pytest.xml"], [("Cache.*", "second user")], in_ci=True)
    assert not report([results / "ctest.xml"], [("Cache.*", "another reason")], in_ci=True)
    assert report([results / "ctest.xml"], [("Cache.*", "second user")], in_ci=True)


def test_failures_and_runs_of_nothing_are_refused(results):
    assert not report([results / "failed.xml"], [], in_ci=False)
    assert not report([results / "missing.xml"], [], in_ci=False)
    (results / "empty.xml").write_text("<testsuite/>")
    assert not report([results / "empty.xml"], [], in_ci=False)


def test_every_expected_reason_is_in_the_tests():
    """An entry of the list goes when its test does."""
    texts = [path.read_text("utf-8") for path in Path(__file__).parent.rglob("*_test.cc")]
    texts += [path.read_text("utf-8") for path in Path(__file__).parent.rglob("test_*.py")]
    for name, reason in expected_skips(EXPECTED.read_text("utf-8")):
        said_by_python = reason.startswith("No module named")
        assert said_by_python or any(f'"{reason}' in text for text in texts), (name, reason)
