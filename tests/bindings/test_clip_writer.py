"""Clips that rigjit writes, read by the safetensors package."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import rigjit_clip
import safetensors.numpy
from safetensors import SafetensorError, safe_open
from small_spec import SPEC

import rigjit


@pytest.fixture
def vecs(rig) -> np.ndarray:
    rng = np.random.default_rng(5)
    return rng.normal(size=(7, rig.vec_size)).astype(np.float32)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "walk.safetensors"


def metadata(path) -> dict[str, str]:
    with safe_open(path, "np") as file:
        return file.metadata()


def test_clip_is_a_safetensors_file(rig, vecs, path):
    path.write_bytes(rig.clip(vecs, fps=24000 / 1001, start_frame=1001))
    tensors = safetensors.numpy.load_file(path)
    assert list(tensors) == ["frames"]
    assert tensors["frames"].tobytes() == rig.vec_to_values_batch(vecs).tobytes()
    strings = metadata(path)
    channels = json.loads(strings.pop("channels"))
    assert strings == {
        "format": "rigjit.clip",
        "format_version": "1",
        "rig": "small",
        "rig_hash": rig.hash,
        "fps": "24000/1001",
        "start_frame": "1001",
        "length_unit": "cm",
        "angle_unit": "degrees",
        "up_axis": "",
        "namespace": "",
    }
    assert [tuple(channel[:2]) for channel in channels] == rig.channels
    assert channels[0] == ["x_main_CTRL", "translateX", "translation", None]
    assert channels[4] == ["x_main_CTRL", "IK_FK", "constant", None]
    assert channels[5] == ["l_elbow_CTRL", "rotateY", "rotation1d", "xyz"]
    assert channels[6] == ["head", "rotateX", "rotation3d", "zxy"]


def test_channels_of_another_unit_say_so(path):
    rig = rigjit.loads(
        "{rigjit: 1, metadata: {up_axis: z}, controllers: [{name: c, transformations: ["
        "rotation1d: {axis: x, angle_unit: radians}, rotation1d: {axis: y},"
        "attribute: {name: a}]}]}"
    )
    path.write_bytes(rig.clip([[0.0, 1.0, 0.0, 1.0, 0.5]]))
    strings = metadata(path)
    assert strings["angle_unit"] == "radians"
    assert strings["up_axis"] == "z"
    assert json.loads(strings["channels"]) == [
        ["c", "rotateX", "rotation1d", "xyz"],
        ["c", "rotateY", "rotation1d", "xyz", "degrees"],
        ["c", "a", "attribute", None],
    ]
    assert rigjit_clip.open(str(path)).angle_units == {1: "degrees"}


def test_quaternions_have_no_order_and_no_unit(path):
    rig = rigjit.loads(
        "{rigjit: 1, controllers: [{name: c, transformations: [rotation3d: {output: quaternion}]}]}"
    )
    path.write_bytes(rig.clip(rig.rest_vec[None]))
    assert json.loads(metadata(path)["channels"])[0] == ["c", "quaternionW", "rotation3d", None]


@pytest.mark.parametrize(
    ("fps", "ratio"),
    [
        (24, "24/1"),
        (np.int64(30), "30/1"),
        (25.0, "25/1"),
        (23.976, "24000/1001"),
        (23.98, "24000/1001"),
        (29.97, "30000/1001"),
        (59.94, "60000/1001"),
        (119.88, "120000/1001"),
        (12.5, "25/2"),
        (1 / 3, "1/3"),
        (Fraction(48000, 2002), "24000/1001"),
        ("24000/1001", "24000/1001"),
        ("50/2", "25/1"),
    ],
)
def test_frame_rates(rig, vecs, path, fps, ratio):
    path.write_bytes(rig.clip(vecs, fps=fps))
    assert metadata(path)["fps"] == ratio
    assert rigjit_clip.open(path).fps == float(Fraction(ratio))


@pytest.mark.parametrize(
    "fps", [0, -24, "", "24/0", "fast", np.nan, np.inf, 3.14159, "1/5000000000", "24 /1", 2**70]
)
def test_frame_rates_that_are_none(rig, vecs, fps):
    with pytest.raises(rigjit.RigError, match="is no frame rate") as caught:
        rig.clip(vecs, fps=fps)
    assert caught.value.errors[0].code == "bad-frame-rate"


@pytest.mark.parametrize("fps", [True, b"24"])
def test_what_is_no_number_is_no_frame_rate(rig, vecs, fps):
    with pytest.raises(TypeError, match=f"not {type(fps).__name__}$"):
        rig.clip(vecs, fps=fps)


def test_text_that_is_no_unicode_is_no_frame_rate(rig, vecs):
    with pytest.raises(UnicodeEncodeError):
        rig.clip(vecs, fps="\ud800")


def test_writer_writes_what_clip_gives(rig, vecs, path):
    with rigjit.ClipWriter(path, rig, fps="24000/1001", start_frame=7) as writer:
        writer.write(vecs[0])
        assert writer.write_batch(vecs[1:4]) is None
        writer.write_batch(vecs[4:4])
        writer.write_batch(vecs[4:])
        assert len(writer) == len(vecs)
        assert not writer.closed
    assert writer.closed
    assert path.read_bytes() == rig.clip(vecs, fps="24000/1001", start_frame=7)
    writer.close()
    with pytest.raises(rigjit.RigError, match="closed"):
        writer.write(vecs[0])


def test_writer_replaces_a_longer_file(rig, vecs, path):
    path.write_bytes(b"x" * 100_000)
    with rigjit.ClipWriter(path, rig) as writer:
        writer.write_batch(vecs)
    assert path.read_bytes() == rig.clip(vecs)


def test_an_empty_clip_is_one(rig, path):
    with rigjit.ClipWriter(path, rig):
        pass
    assert safetensors.numpy.load_file(path)["frames"].shape == (0, len(rig.channels))


def test_open_clips_have_whole_frames_and_closed_ones_are_safetensors(rig, vecs, path):
    writer = rigjit.ClipWriter(path, rig)
    for i, vec in enumerate(vecs):
        writer.write(vec)
        clip = rigjit_clip.open(path)
        assert len(clip) == i + 1
        assert clip[i].tobytes() == rig.vec_to_values(vec).tobytes()
    with pytest.raises(SafetensorError):
        safetensors.numpy.load_file(path)
    writer.close()
    assert len(safetensors.numpy.load_file(path)["frames"]) == len(vecs)


def test_a_killed_writer_leaves_a_clip_that_can_be_continued(rig, vecs, tmp_path, path):
    (tmp_path / "spec.yaml").write_text(SPEC)
    np.save(tmp_path / "vecs.npy", vecs)
    program = (
        "import os, signal, numpy, rigjit\n"
        "writer = rigjit.ClipWriter('walk.safetensors', rigjit.load('spec.yaml'))\n"
        "writer.write_batch(numpy.load('vecs.npy')[:5])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program], cwd=tmp_path)
    assert killed.returncode == -signal.SIGKILL
    assert len(rigjit_clip.open(path)) == 5
    with path.open("ab") as file:
        file.write(b"abc")  # of a frame that was not finished
    assert len(rigjit_clip.open(path)) == 5
    with rigjit.ClipWriter(path, rig, append=True) as writer:
        assert len(safetensors.numpy.load_file(path)["frames"]) == 5
        writer.write_batch(vecs[5:])
    assert path.read_bytes() == rig.clip(vecs)


def test_append_continues_and_keeps_the_timing(rig, vecs, path):
    with rigjit.ClipWriter(path, rig, fps=30, start_frame=3, append=True) as writer:
        writer.write_batch(vecs[:4])
    with rigjit.ClipWriter(path, rig, append=True) as writer:
        assert len(writer) == 4
        writer.write_batch(vecs[4:])
        assert len(writer) == len(vecs)
    assert path.read_bytes() == rig.clip(vecs, fps=30, start_frame=3)


@pytest.mark.parametrize(
    ("timing", "problem"),
    [({"fps": 25}, "fps is '24/1', not '25/1'"), ({"start_frame": 2}, "start_frame is '0'")],
)
def test_append_with_another_timing(rig, vecs, path, timing, problem):
    path.write_bytes(rig.clip(vecs))
    with pytest.raises(rigjit.RigError, match=problem):
        rigjit.ClipWriter(path, rig, append=True, **timing)
    assert path.read_bytes() == rig.clip(vecs)


OTHER_RIGS = {
    "extra": (
        ("name: stretch", "name: squash"),
        ["lacks: x_main_CTRL.squash", "only the file has: x_main_CTRL.stretch"],
    ),
    "order": (
        ("axes: xyz", "axes: xzy"),
        ["channels in another order: x_main_CTRL.translateZ, x_main_CTRL.translateY"],
    ),
    "rotate order": (
        ("zxy", "yxz"),
        ["head.rotateX (file: rotation3d zxy degrees, rig: rotation3d yxz degrees)"],
    ),
    "unit of angles": (
        ("{axis: y}", "{axis: y, angle_unit: radians}"),
        ["meaning: l_elbow_CTRL.rotateY (file: rotation1d xyz degrees, rig: rotation1d xyz rad"],
    ),
    "scale": (("scale: 25", "scale: 26"), ["channels are the same; what differs are scales"]),
    "unit": (("unit: cm", "unit: m"), ["length_unit is 'cm', not 'm'"]),
}


@pytest.mark.parametrize("difference", OTHER_RIGS)
def test_append_to_a_clip_of_another_rig(rig, vecs, path, difference):
    (old, new), problems = OTHER_RIGS[difference]
    assert old in SPEC
    other = rigjit.loads(SPEC.replace(old, new))
    path.write_bytes(rig.clip(vecs) + b"cut")
    with pytest.raises(rigjit.RigError) as caught:
        rigjit.ClipWriter(path, other, append=True)
    error = caught.value.errors[0]
    assert (error.code, error.file) == ("rig-mismatch", str(path))
    for problem in problems:
        assert problem in error.message
    assert path.read_bytes() == rig.clip(vecs) + b"cut"


def test_bad_frames(rig, vecs, path):
    bad = vecs.copy()
    bad[2, 0] = np.nan
    with pytest.raises(rigjit.RigError, match="frame 2"):
        rig.clip(bad)
    data, mask = rig.clip(bad, errors="mask")
    assert mask.tolist() == [True, True, False, True, True, True, True]
    assert not any(rigjit_clip.open(data)[2])
    with rigjit.ClipWriter(path, rig) as writer:
        with pytest.raises(rigjit.RigError, match="frame 2"):
            writer.write_batch(bad)
        with pytest.raises(rigjit.RigError) as alone:
            rig.vec_to_values(bad[2])
        with pytest.raises(rigjit.RigError) as written:
            writer.write(bad[2])
        assert str(written.value) == str(alone.value)
        with pytest.raises(ValueError, match="'raise' or 'mask'"):
            writer.write_batch(bad, errors="skip")
        assert len(writer) == 0
        assert writer.write_batch(bad, errors="mask").tolist() == mask.tolist()
    assert path.read_bytes() == data


def test_files_that_cannot_be_written(rig, vecs, tmp_path):
    with pytest.raises(FileNotFoundError):
        rigjit.ClipWriter(tmp_path / "none/walk.safetensors", rig)
    with pytest.raises(IsADirectoryError):
        rigjit.ClipWriter(tmp_path, rig)
    with pytest.raises(TypeError):
        rigjit.ClipWriter(3, rig)


def test_a_full_disk_keeps_whole_frames(rig, vecs, path):
    import resource

    with rigjit.ClipWriter(path, rig) as writer:
        writer.write_batch(vecs[:2])
        size = path.stat().st_size
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, hard))
            with pytest.raises(OSError, match="too large"):
                writer.write_batch(vecs[2:])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, before)
        assert path.stat().st_size == size
        writer.write_batch(vecs[2:])
    assert path.read_bytes() == rig.clip(vecs)


@pytest.mark.parametrize("damage", ["truncated", "flipped"])
def test_append_survives_every_damage(rig, vecs, path, damage):
    whole = rig.clip(vecs[:2])
    header = len(whole) - 2 * 4 * len(rig.channels)
    rng = np.random.default_rng(11)
    places = range(header) if damage == "truncated" else rng.permutation(header)[:400]
    for place in places:
        if damage == "truncated":
            path.write_bytes(whole[:place])
        else:
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :])
        try:
            rigjit.ClipWriter(path, rig, append=True).close()
        except rigjit.RigError as error:
            assert error.errors[0].code in ("malformed-file", "rig-mismatch")
            assert error.errors[0].file == str(path)
            # A file that is refused is left as it was.
            assert path.stat().st_size == (place if damage == "truncated" else len(whole))


def test_threads_share_a_writer(rig, vecs, path):
    from concurrent.futures import ThreadPoolExecutor

    with rigjit.ClipWriter(path, rig) as writer, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: writer.write_batch(vecs), range(20)))
    frames = rig.vec_to_values_batch(vecs)
    written = safetensors.numpy.load_file(path)["frames"]
    assert np.array_equal(
        written.reshape(20, *frames.shape), np.broadcast_to(frames, (20, *frames.shape))
    )


def test_symbolic_links_are_followed(rig, vecs, tmp_path, path):
    link = tmp_path / "link"
    os.symlink(path, link)
    with rigjit.ClipWriter(link, rig) as writer:
        writer.write_batch(vecs)
    assert link.is_symlink()
    assert path.read_bytes() == rig.clip(vecs)


@pytest.fixture
def turning(rig) -> np.ndarray:
    """Vectors of values whose angles make more than one turn."""
    values = np.tile(rig.vec_to_values(rig.rest_vec), (60, 1))
    values[:, 5] = np.linspace(0, 800, 60)  # l_elbow_CTRL.rotateY
    values[:, 7] = np.linspace(-10, -900, 60)  # head.rotateY
    return rig.values_to_vec_batch(values)


def test_continuous_clips(rig, turning, path):
    frames = rig.vec_to_values_batch(turning, continuous=True)
    assert frames[-1, 5] > 700
    path.write_bytes(rig.clip(turning, continuous=True))
    assert safetensors.numpy.load_file(path)["frames"].tobytes() == frames.tobytes()
    start = frames[0] + np.float32(360) * (np.arange(len(frames[0])) == 5)
    path.write_bytes(rig.clip(turning, continuous=True, start=start))
    later = safetensors.numpy.load_file(path)["frames"]
    assert later.tobytes() == (
        rig.vec_to_values_batch(turning, continuous=True, start=start).tobytes()
    )
    assert later[-1, 5] - frames[-1, 5] == pytest.approx(360, abs=1e-3)


def test_chunks_of_a_continuous_clip_continue_each_other(rig, turning, path):
    whole = rig.clip(turning, continuous=True)
    with rigjit.ClipWriter(path, rig, continuous=True) as writer:
        writer.write_batch(turning[:20])
        writer.write(turning[20])
        writer.write_batch(turning[21:21])
        writer.write_batch(turning[21:40])
    with rigjit.ClipWriter(path, rig, append=True, continuous=True) as writer:
        writer.write_batch(turning[40:])
    assert path.read_bytes() == whole
    with rigjit.ClipWriter(path, rig, continuous=True) as writer:
        for vec in turning:
            writer.write(vec)
    assert path.read_bytes() == whole


def test_bad_frames_are_not_continued(rig, turning, path):
    bad = turning.copy()
    bad[30] = np.nan
    with rigjit.ClipWriter(path, rig, continuous=True) as writer:
        writer.write_batch(turning[:30])
        with pytest.raises(rigjit.RigError, match="frame 20"):
            writer.write_batch(bad[10:50])
        assert writer.write_batch(bad[30:31], errors="mask").tolist() == [False]
        writer.write_batch(turning[30:])
    frames = np.delete(safetensors.numpy.load_file(path)["frames"], 30, axis=0)
    assert frames.tobytes() == rig.vec_to_values_batch(turning, continuous=True).tobytes()


def test_start_of_a_continuous_writer(rig, turning, path):
    start = rig.vec_to_values_batch(turning, continuous=True)[29]
    with rigjit.ClipWriter(path, rig, continuous=True, start=start) as writer:
        writer.write_batch(turning[30:])
    assert path.read_bytes() == rig.clip(turning[30:], continuous=True, start=start)
    with pytest.raises(ValueError, match="continuous=True"):
        rigjit.ClipWriter(path, rig, start=start)
    with pytest.raises(ValueError, match="continuous=True"):
        rig.clip(turning, start=start)
    with pytest.raises(rigjit.RigError, match="not one value a channel"):
        rigjit.ClipWriter(path, rig, continuous=True, start=start[1:])
    assert len(rigjit_clip.open(path)) == 30


def test_clips_of_a_rig_in_a_namespace(rig, vecs, path):
    hero = rigjit.loads(SPEC, namespace="shot:hero")
    path.write_bytes(hero.clip(vecs))
    assert metadata(path)["namespace"] == "shot:hero"
    clip = rigjit_clip.open(path)
    assert clip.namespace == "shot:hero"
    assert clip.channels == hero.channels
    with rigjit.ClipWriter(path, hero, append=True) as writer:
        writer.write_batch(vecs)
    with pytest.raises(rigjit.RigError, match="namespace is 'shot:hero', not ''") as caught:
        rigjit.ClipWriter(path, rig, append=True)
    assert caught.value.errors[0].code == "rig-mismatch"


ANGLES = (
    "{rigjit: 1, name: angles, defaults: {rotate_order: zxy, angle_unit: radians}, controllers: ["
    "{name: c, transformations: [rotation1d: {axis: x, angle_unit: degrees},"
    " attribute: {name: rotateY}, constant: {name: rotateZ, value: 1}, attribute: {name: roll}]}]}"
)


def test_every_angle_says_its_unit_and_its_order(path):
    rig = rigjit.loads(ANGLES)
    path.write_bytes(rig.clip([[0.0, 1.0, 0.5, 0.25]]))
    assert json.loads(metadata(path)["channels"]) == [
        ["c", "rotateX", "rotation1d", "zxy"],
        ["c", "rotateY", "attribute", "zxy", "radians"],
        ["c", "rotateZ", "constant", "zxy", "radians"],
        ["c", "roll", "attribute", None],
    ]
    clip = rigjit_clip.open(str(path))
    assert [clip.is_angle(index) for index in range(4)] == [True, True, True, False]
    assert [clip.angle_unit_of(index) for index in range(3)] == ["degrees", "radians", "radians"]
    assert rigjit.loads(ANGLES.replace("radians}, con", "degrees}, con")).hash == rig.hash


def test_clips_that_say_it_of_rotation3d_alone_are_still_read(path):
    """As writers before this one wrote them: they are continued, and converted as they are."""
    rig = rigjit.loads(ANGLES)
    new = rig.clip([[0.0, 1.0, 0.5, 0.25]])
    rows = json.dumps(json.loads(metadata_of(new)["channels"]), separators=(",", ":"))
    old_rows = (
        '[["c","rotateX","rotation1d",null],["c","rotateY","attribute",null],'
        '["c","rotateZ","constant",null],["c","roll","attribute",null]]'
    )
    written, before = (json.dumps(text)[1:-1].encode() for text in (rows, old_rows))
    assert written in new
    path.write_bytes(new.replace(written, before.ljust(len(written))))
    with rigjit.ClipWriter(path, rig, append=True) as writer:
        writer.write([1.0, 0.0, 0.5, 0.25])
    clip = rigjit_clip.open(str(path))
    assert len(clip) == 2
    assert clip[1][0] == 90


def metadata_of(clip: bytes) -> dict[str, str]:
    size = int.from_bytes(clip[:8], "little")
    return json.loads(clip[8 : 8 + size])["__metadata__"]
