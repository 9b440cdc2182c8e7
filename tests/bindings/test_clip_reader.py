"""rigjit_clip.py, run by the oldest Python at hand, which has neither numpy nor rigjit."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import msgpack
import numpy as np
import pytest
import rigjit_clip

import rigjit

ROOT = Path(__file__).resolve().parents[2]

# Printed as JSON: values as their bits, so that nothing is lost on the way.
PROGRAM = """
import json, struct, sys
for module in ("numpy", "rigjit", "msgpack"):
    sys.modules[module] = None  # importing it raises ImportError
sys.path.insert(0, sys.argv[1])
import rigjit_clip
path = sys.argv[2]
clip = rigjit_clip.open(path)
with open(path, "rb") as file:
    again = rigjit_clip.open(file.read())
assert [f.tobytes() for f in again] == [f.tobytes() for f in clip]
pose = clip.pose(-1)
print(json.dumps({
    "version": list(sys.version_info[:2]),
    "typecode": clip[0].typecode,
    "channels": clip.channels,
    "kinds": clip.kinds,
    "rotate_orders": clip.rotate_orders,
    "fps": clip.fps,
    "start_frame": clip.start_frame,
    "frames": [list(struct.unpack("<%dI" % len(f), f.tobytes())) for f in clip],
    "pose": pose,
}))
"""


def old_pythons() -> list[str]:
    """Interpreters from 3.7 on, oldest first: on the path, or kept by pyenv."""
    places = [str(p) for p in Path.home().glob(".pyenv/versions/3.*/bin/python3")]
    places += [found for minor in range(7, 15) if (found := shutil.which(f"python3.{minor}"))]
    versions = {}
    for place in [*places, sys.executable]:
        command = [place, "-c", "import sys; print(*sys.version_info[:2])"]
        answer = subprocess.run(command, capture_output=True, text=True)
        if answer.returncode == 0:
            versions.setdefault(tuple(map(int, answer.stdout.split())), place)
    return [versions[version] for version in sorted(versions) if version >= (3, 7)]


@pytest.fixture(scope="module")
def oldest_python() -> str:
    return old_pythons()[0]


@pytest.fixture(scope="module")
def orders_rig() -> rigjit.Rig:
    """A controller of each rotate order, a quaternion, and names that are hard to quote."""
    controllers = [
        f"{{name: {order}, transformations: [rotation3d: {{rotate_order: {order}}}]}}"
        for order in ("xyz", "yzx", "zxy", "xzy", "yxz", "zyx")
    ]
    controllers.append("{name: quat, transformations: [rotation3d: {output: quaternion}]}")
    controllers.append(
        r'{name: "héad\" \\ ☃ \U0001f9b4 \u2028\x01", transformations: ['
        r'attribute: {name: "a\tb\n/\x7f\ud7ff"}, constant: {name: "null", value: -0.0}]}'
    )
    return rigjit.loads(f"{{rigjit: 1, name: orders, controllers: [{', '.join(controllers)}]}}")


def rotation_columns(degrees: float, axis: int) -> np.ndarray:
    """The first two columns of a turn about an axis."""
    angle = np.radians(degrees)
    one, two = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[one, one] = matrix[two, two] = np.cos(angle)
    matrix[two, one] = np.sin(angle)
    matrix[one, two] = -np.sin(angle)
    return matrix[:, :2].T.ravel()


def walk_through_lock(rig: rigjit.Rig) -> np.ndarray:
    """Every rotation turns about x, y or z from -360 to 360 degrees, through exact ±90 and ±180."""
    frames = []
    for axis in range(3):
        for degrees in range(-360, 361, 15):
            six = rotation_columns(degrees, axis)
            frames.append([*np.tile(six, (rig.vec_size - 1) // 6), degrees / 360])
    return np.array(frames, np.float32)


def test_the_oldest_python_reads_bit_for_bit(orders_rig, oldest_python, tmp_path):
    vecs = walk_through_lock(orders_rig)
    path = tmp_path / "walk.safetensors"
    path.write_bytes(orders_rig.clip(vecs, fps="24000/1001", start_frame=-12))
    command = [oldest_python, "-I", "-c", PROGRAM, str(ROOT / "bindings/python"), str(path)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    read = json.loads(run.stdout)
    values = orders_rig.vec_to_values_batch(vecs)
    assert read["typecode"] == "f"
    assert np.array_equal(np.array(read["frames"], np.uint32), values.view(np.uint32))
    assert [tuple(channel) for channel in read["channels"]] == orders_rig.channels
    assert read["pose"] == msgpack.unpackb(orders_rig.vec_to_rig(vecs[-1]))
    orders = ("xyz", "yzx", "zxy", "xzy", "yxz", "zyx")
    assert read["rotate_orders"] == {order: order for order in orders}
    assert read["kinds"] == ["rotation3d"] * 22 + ["attribute", "constant"]
    assert (read["fps"], read["start_frame"]) == (24000 / 1001, -12)


def test_it_needs_the_standard_library_only():
    standard = set(sys.stdlib_module_names)
    imports = {
        line.split()[1]
        for line in (ROOT / "bindings/python/rigjit_clip.py").read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imports
    assert imports <= standard


@pytest.fixture
def data(rig) -> bytes:
    rng = np.random.default_rng(8)
    return rig.clip(rng.normal(size=(3, rig.vec_size)))


def test_a_clip_is_a_sequence(rig, data):
    clip = rigjit_clip.open(data)
    frames = np.frombuffer(clip.values, np.float32).reshape(len(clip), -1)
    assert len(clip) == 3
    assert [frame.tolist() for frame in clip] == frames.tolist()
    assert clip[-1] == clip[2]
    assert clip[1:] == [clip[1], clip[2]]
    for index in (3, -4):
        with pytest.raises(IndexError):
            clip[index]
    assert clip.pose(1)["head"]["rotateX"] == clip[1][rig.channels.index(("head", "rotateX"))]
    assert (clip.rig, clip.rig_hash) == ("small", rig.hash)
    assert (clip.length_unit, clip.angle_unit, clip.up_axis, clip.namespace) == (
        "cm",
        "degrees",
        "",
        "",
    )


def test_every_truncation_is_an_error_or_has_whole_frames(rig, data):
    whole = rigjit_clip.open(data)
    frame_size = 4 * len(rig.channels)
    begin = len(data) - 3 * frame_size
    for size in range(len(data)):
        if size < begin:
            with pytest.raises(ValueError, match="not a clip"):
                rigjit_clip.open(data[:size])
        else:
            clip = rigjit_clip.open(data[:size])
            assert len(clip) == (size - begin) // frame_size
            assert list(clip) == whole[: len(clip)]


def test_random_damage_is_an_error_or_harmless(rig, data):
    rng = np.random.default_rng(9)
    for _ in range(3000):
        damaged = bytearray(data)
        for place in rng.integers(0, len(data), size=rng.integers(1, 4)):
            damaged[place] = rng.integers(0, 256)
        try:
            clip = rigjit_clip.open(bytes(damaged))
        except ValueError as error:
            assert str(error).startswith("not a clip: ")
        else:
            assert all(len(frame) == len(rig.channels) for frame in clip)
            clip.pose(0)


def with_header(text: str | bytes, size: int | None = None, data: bytes = b"") -> bytes:
    header = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return struct.pack("<Q", len(header) if size is None else size) + header + data


def header_of(data: bytes) -> dict:
    (size,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + size])


def changed(data: bytes, **changes) -> str:
    """The header as text, with metadata or, by the names of the tensor's keys, these replaced."""
    header = header_of(data)
    for key, value in changes.items():
        part = header["frames"] if key in header["frames"] else header["__metadata__"]
        if value is None:
            del part[key]
        else:
            part[key] = value
    return json.dumps(header)


def with_channel(data: bytes, *cells: str | int | list | None) -> str:
    """The first channel's cells replaced, from the third on."""
    rows = json.loads(header_of(data)["__metadata__"]["channels"])
    return changed(data, channels=json.dumps([[*rows[0][:2], *cells], *rows[1:]]))


def hostile(data: bytes) -> dict[str, bytes]:
    text = json.dumps(header_of(data))
    tensor = json.dumps(header_of(data)["frames"])
    huge = "1" * 5_000_000
    texts = {
        "nothing": "",
        "no object": "[]",
        "no metadata": f'{{"frames": {tensor}}}',
        "another tensor": text[:-1] + f', "other": {tensor}}}',
        "key twice": text[:-1] + f', "frames": {tensor}}}',
        "metadata twice": text[:-1] + ', "__metadata__": {}}',
        "deep": text[:-1] + ', "x": ' + "[" * 100_000 + "]" * 100_000 + "}",
        "deep channels": changed(data, channels="[" * 100_000 + "]" * 100_000),
        "open": "[" * 100_000,
        "cut string": text[:-40],
        "nan": text.replace("[0, ", "[NaN, "),
        "float": text.replace("[0, ", "[0.0, "),
        "exponent": text.replace("[0, ", "[0e999999999, "),
        "huge number": text.replace("[0, ", f"[{huge}, "),
        "negative": changed(data, shape=[-3, 10]),
        "overflow": changed(data, shape=[2**62, 11], data_offsets=[0, (2**62 * 44) % 2**64]),
        "no columns": changed(data, shape=[3, 0], data_offsets=[0, 0]),
        "fewer columns": changed(data, shape=[3, 1], data_offsets=[0, 12]),
        "three dimensions": changed(data, shape=[1, 3, 11]),
        "shape of text": changed(data, shape="33"),
        "offsets begin later": changed(data, data_offsets=[4, 136]),
        "offsets lie": changed(data, data_offsets=[0, 136]),
        "another type": changed(data, dtype="F16"),
        "no channels": changed(data, channels="[]"),
        "channels of another shape": changed(data, channels='["a", "b"]'),
        "short channel": changed(data, channels='[["a", "b"]]'),
        "channel of numbers": changed(data, channels="[[1, 2, 3, 4]]"),
        "channels with a surrogate": changed(
            data, channels=header_of(data)["__metadata__"]["channels"].replace("head", "\\ud800")
        ),
        "surrogate": changed(data, rig="\ud800"),
        "rate of zero": changed(data, fps="0/1"),
        "rate of nothing": changed(data, fps="1/0"),
        "rate of text": changed(data, fps="a/b"),
        "rate of digits of another script": changed(data, fps="٢٤/١"),
        "no rate": changed(data, fps=None),
        "start of text": changed(data, start_frame="1.5"),
        "long start": changed(data, start_frame="1" * 1_000_000),
        "rate beyond 32 bits": changed(data, fps="4294967296/1"),
        "start beyond 64 bits": changed(data, start_frame=str(2**63)),
        "unit in capitals": changed(data, angle_unit="Degrees"),
        "unit of nothing": changed(data, angle_unit=""),
        "unit of turns": changed(data, angle_unit="turns"),
        "no namespace": changed(data, namespace=None),
        "kind misspelt": with_channel(data, "translations", None),
        "kind of nothing": with_channel(data, "", None),
        "kind null": with_channel(data, None, None),
        "order of two axes": with_channel(data, "rotation3d", "xy"),
        "order in capitals": with_channel(data, "rotation3d", "XYZ"),
        "order with an axis twice": with_channel(data, "rotation3d", "xyx"),
        "order of nothing": with_channel(data, "rotation3d", ""),
        "order that a later one hides": changed(
            data,
            channels=header_of(data)["__metadata__"]["channels"].replace('"zxy"', '"zxx"', 1),
        ),
        "order of numbers": with_channel(data, "rotation3d", 3),
        "order that is a list": with_channel(data, "rotation3d", ["x"]),
        "unit of a channel": with_channel(data, "rotation3d", "xyz", "grad"),
        "type of a channel": with_channel(data, "attribute", None, None, "vector"),
        "enum without names": with_channel(data, "attribute", None, None, "enum"),
        "enum with a null": with_channel(data, "attribute", None, None, "enum", "a", None),
        "number in a further cell": with_channel(data, "attribute", None, None, "bool", 7),
        "metadata of numbers": changed(data, rig=3),
        "another format": changed(data, format="rigjit.vectors"),
        "a later version": changed(data, format_version="2"),
    }
    frames = data[-3 * 44 :]
    return {
        **{name: with_header(text, data=frames) for name, text in texts.items()},
        "empty": b"",
        "short": b"\0" * 7,
        "no utf-8": with_header(text.encode().replace(b"head", b"h\xff\xfed"), data=frames),
        "utf-16": with_header(text.encode("utf-16"), data=frames),
        "header beyond the file": with_header(text, size=len(text) + 1000),
        "header of 100 MB": with_header(text, size=100_000_000),
        "header of all memory": with_header(text, size=2**64 - 1),
        "header of negative length": with_header(text, size=2**63),
    }


def test_hostile_files_are_value_errors(rig, data, tmp_path):
    path = tmp_path / "clip"
    assert len(rig.channels) == 11
    for name, content in hostile(data).items():
        path.write_bytes(content)
        for source in (content, path):
            with pytest.raises(ValueError, match=r"^not a clip: "):
                pytest.fail(f"{name} was read: {rigjit_clip.open(source)}")
        if not content:  # an empty file is appended to
            continue
        with pytest.raises(rigjit.RigError) as caught:
            pytest.fail(f"{name} was appended to: {rigjit.ClipWriter(path, rig, append=True)}")
        assert caught.value.errors[0].code == "malformed-file", name
        assert path.read_bytes() == content


def test_files_that_never_end_are_refused():
    with pytest.raises(ValueError, match="not a clip"):
        rigjit_clip.open("/dev/zero")


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        rigjit_clip.open(tmp_path / "none")


def test_large_files_are_counted_in_64_bits(rig, data, tmp_path):
    """A sparse file of six gigabytes; only its writer's arithmetic is asked."""
    path = tmp_path / "large"
    path.write_bytes(data)
    row = 4 * len(rig.channels)
    begin = len(data) - 3 * row
    rows = 6 * 2**30 // row
    with path.open("r+b") as file:
        file.truncate(begin + rows * row + 5)
    with rigjit.ClipWriter(path, rig, append=True) as writer:
        assert len(writer) == rows
        writer.write(rig.rest_vec)
    assert path.stat().st_size == begin + (rows + 1) * row
    with path.open("rb") as file:
        tensor = header_of(file.read(begin))["frames"]
        assert tensor["shape"] == [rows + 1, len(rig.channels)]
        assert tensor["data_offsets"] == [0, (rows + 1) * row]
        file.seek(-row, 2)
        assert file.read() == rig.vec_to_values(rig.rest_vec).tobytes()
