"""`rigjit penetrations`: the worst frames, their file, the chart, and what is refused."""

from __future__ import annotations

import io
import json
from xml.etree import ElementTree

import numpy as np
import pytest

# A build may be without it.
collision = pytest.importorskip("rigjit.collision", exc_type=ImportError)


SVG = "{http://www.w3.org/2000/svg}"
CUBE = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)


@pytest.fixture
def hulls(tmp_path):
    hulls = collision.Hulls({"hand_l": CUBE, "arm <l>": CUBE, "torso": 2 * CUBE})
    hulls.save(tmp_path / "hulls.safetensors")
    return hulls


@pytest.fixture
def rest(tmp_path):
    rest = np.tile(np.eye(4), (3, 1, 1))
    rest[:, 0, 3] = [8, 6.5, 0]  # hand and arm overlap by 0.5
    np.save(tmp_path / "rest.npy", rest)
    return rest


@pytest.fixture
def motion(rest, tmp_path):
    """The hand goes into the torso by 1.5 at frame 50, then again by 0.25 at frame 80."""
    motion = np.tile(rest, (100, 1, 1, 1))
    motion[:, 1, 1, 3] = 100  # the arm is away
    depth = np.maximum(1.5 - 0.1 * np.abs(np.arange(100) - 50), 0)
    depth[80] = 0.25
    motion[:, 0, 0, 3] = 3 - depth
    motion[depth == 0, 0, 0, 3] = 5
    np.save(tmp_path / "motion.npy", motion)
    return motion


@pytest.fixture
def penetrations(run, hulls, motion, tmp_path):
    def call(*arguments, transforms="motion.npy", **options):
        return run(
            "penetrations", "hulls.safetensors", transforms, *arguments, cwd=tmp_path, **options
        )

    return call


def test_table(penetrations):
    result = penetrations("--rest", "rest.npy", "--fps", "25")
    assert result.returncode == 0, result.stderr
    assert result.stderr == b""
    first, _, *rows = result.stdout.decode().splitlines()
    assert first == "2 penetrations in 100 frames of 2 pairs, the worst first:"
    assert [row.split() for row in rows] == [
        ["50", "00:00:02:00", "1.5", "29", "hand_l", "-", "torso"],
        ["80", "00:00:03:05", "0.25", "1", "hand_l", "-", "torso"],
    ]


def test_json_lines(penetrations, hulls, motion, tmp_path):
    assert penetrations("--rest", "rest.npy", "-o", "worst.jsonl").returncode == 0
    lines = [json.loads(line) for line in (tmp_path / "worst.jsonl").read_text().splitlines()]
    assert [line["frame"] for line in lines] == [50, 80]
    assert lines[0]["timecode"] == "00:00:02:02"
    assert lines[0]["pair"] == ["hand_l", "torso"]
    assert (lines[0]["first_frame"], lines[0]["last_frame"]) == (36, 64)
    (contact,) = hulls.contacts(motion[50:51], [[0, 2]])
    assert lines[0]["depth"] == pytest.approx(-contact["distance"])
    for key in ("normal", "point_a", "point_b"):
        assert lines[0][key] == pytest.approx(contact[key].tolist())
    printed = penetrations("--rest", "rest.npy", "-o", "-")
    assert printed.stdout == (tmp_path / "worst.jsonl").read_bytes()


def test_every_pair_without_a_rest_pose(penetrations, rest, tmp_path):
    np.save(tmp_path / "still.npy", rest[None])
    found = penetrations(transforms="still.npy").stdout.decode()
    assert "1 penetration in 1 frames of 3 pairs" in found
    assert "hand_l - arm <l>" in found
    none = penetrations("--rest", "rest.npy", transforms="still.npy")
    assert (none.returncode, none.stdout) == (0, b"no penetration in 1 frames of 2 pairs\n")


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", ">f8"])
def test_forms_of_transforms(penetrations, motion, dtype):
    expected = penetrations("-o", "-").stdout
    stream = io.BytesIO()
    np.save(stream, motion[:, :, :3].astype(dtype))
    result = penetrations("-o", "-", transforms="-", input=stream.getvalue())
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    for found, wanted in zip(lines, map(json.loads, expected.splitlines()), strict=True):
        assert found["frame"] == wanted["frame"]
        assert found["depth"] == pytest.approx(wanted["depth"], rel=1e-5)


def test_many_blocks_of_frames(penetrations, motion, tmp_path):
    long = np.concatenate([motion] * 300)
    np.save(tmp_path / "long.npy", long)
    result = penetrations("--rest", "rest.npy", "-o", "-", transforms="long.npy")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == 600
    assert {line["frame"] % 100 for line in lines} == {50, 80}
    assert max(line["frame"] for line in lines) == 29980


def test_top(penetrations):
    text = penetrations("--top", "1").stdout.decode()
    assert "and 1 less deep" in text
    assert len(text.splitlines()) == 4


def test_chart(penetrations, tmp_path):
    assert penetrations("--rest", "rest.npy", "--chart", "depth.svg").returncode == 0
    svg = ElementTree.parse(tmp_path / "depth.svg").getroot()
    texts = [text.text for text in svg.iter(f"{SVG}text")]
    assert "hand_l – torso" in texts
    assert "1.5 deep at frame 50, 00:00:02:02" in texts
    lines = [line.get("points").split() for line in svg.iter(f"{SVG}polyline")]
    assert [len(line) for line in lines] == [31, 3]  # frames, and 0 on both sides
    heights = [float(point.split(",")[1]) for point in lines[0]]
    assert heights.index(min(heights)) == 15
    assert heights[0] == heights[-1] == max(heights)
    (peak,) = [c for c in svg.iter(f"{SVG}circle") if float(c.get("cx")) < 660]
    assert float(peak.get("cy")) == pytest.approx(min(heights), abs=0.1)
    again = (tmp_path / "depth.svg").read_bytes()
    penetrations("--rest", "rest.npy", "--chart", "depth.svg", "--threads", "1")
    assert (tmp_path / "depth.svg").read_bytes() == again


def test_chart_of_nothing_and_of_odd_names(penetrations, rest, tmp_path):
    np.save(tmp_path / "still.npy", rest)
    for options in ([], ["--rest", "rest.npy"]):
        result = penetrations("--chart", "-", *options, transforms="still.npy")
        texts = [text.text for text in ElementTree.fromstring(result.stdout).iter(f"{SVG}text")]
        assert ("No penetration" in texts) == bool(options)
        assert ("hand_l – arm <l>" in texts) != bool(options)


def test_progress_is_for_terminals_only(penetrations):
    assert penetrations().stderr == b""


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda m: m[:, :2], b"of 3 hulls it must be (frames, 3, 4, 4)"),
        (lambda m: m.astype(np.float16), b"float16 is too coarse"),
        (lambda m: m.astype(int), b"its dtype is '<i8'"),
        (lambda m: np.swapaxes(m, 2, 3), b"transpose it"),
        (lambda m: m * [0, 1, 1, 1], b"frame 0, hull 'hand_l': the transform is singular"),
        (lambda m: np.where(np.arange(100)[:, None, None, None] == 70, np.nan, m), b"frame 70"),
        (np.asfortranarray, b"Fortran order"),
    ],
)
def test_bad_transforms(penetrations, motion, tmp_path, change, text):
    np.save(tmp_path / "bad.npy", change(motion))
    result = penetrations("-o", "worst.jsonl", "--chart", "depth.svg", transforms="bad.npy")
    assert result.returncode == 1
    assert text in result.stderr
    assert b"bad.npy" in result.stderr
    assert result.stdout == b""
    assert not (tmp_path / "worst.jsonl").exists()
    assert not (tmp_path / "depth.svg").exists()


def test_bad_files(penetrations, run, tmp_path):
    (tmp_path / "cut.npy").write_bytes((tmp_path / "motion.npy").read_bytes()[:-7])
    (tmp_path / "more.npy").write_bytes((tmp_path / "motion.npy").read_bytes() + b"x")
    for name, text in (
        ("cut.npy", b"cut short after 99 of 100"),
        ("more.npy", b"bytes after"),
        ("hulls.safetensors", b"no .npy file"),
        ("nowhere.npy", b"No such file"),
    ):
        result = penetrations(transforms=name)
        assert result.returncode == 1
        assert text in result.stderr
    both = penetrations("--rest", "nowhere.npy", transforms="missing.npy")
    assert b"nowhere.npy" in both.stderr
    assert b"missing.npy" in both.stderr
    many = penetrations("--rest", "motion.npy")
    assert (many.returncode, b"one frame, not 100" in many.stderr) == (1, True)
    missing = run("penetrations", "nothing.safetensors", "motion.npy", cwd=tmp_path)
    assert missing.returncode == 1
    assert b"nothing.safetensors" in missing.stderr


def test_wrong_usage(penetrations, run):
    assert run("penetrations").returncode == 2
    assert penetrations("--fps", "fast").returncode == 2
    assert penetrations("--top", "-1").returncode == 2
    assert b"worst frames" in run("--help").stdout
