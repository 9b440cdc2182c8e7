"""`rigjit convert`: every kind of input, and no half-written output."""

from __future__ import annotations

import io
import os
import subprocess

import numpy as np
import pytest
from numpy.lib import format as npy_format

import rigjit


@pytest.fixture
def rig(spec):
    return rigjit.load(spec, cache=False)


@pytest.fixture
def vecs(rig):
    noise = np.random.default_rng(1).normal(size=(300, rig.vec_size)) * 0.25
    # Exact in float16 too.
    return (rig.rest_vec + noise).astype(np.float16).astype(np.float32)


def npy(array, version=None):
    stream = io.BytesIO()
    npy_format.write_array(stream, array, version=version)
    return stream.getvalue()


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", ">f8", "<f2", ">f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_formats(run, spec, rig, vecs, dtype, order, tmp_path):
    path = tmp_path / "vecs.npy"
    path.write_bytes(npy(np.asarray(vecs.astype(dtype), order=order)))
    result = run("convert", spec, path)
    assert result.returncode == 0, result.stderr
    assert result.stdout == rig.vec_to_rig_batch(vecs).tobytes()


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_npy_versions_and_one_vector(run, spec, rig, vecs, version):
    result = run("convert", spec, "-", input=npy(vecs[0], version))
    assert result.stdout == rig.vec_to_rig(vecs[0])


def test_raw_and_pipes(run, spec, rig, vecs, program):
    expected = rig.vec_to_rig_batch(vecs).tobytes()
    assert run("convert", spec, "-", "--raw", input=vecs.tobytes()).stdout == expected
    command = f"head -c {vecs.nbytes} /dev/stdin | '{program}' convert '{spec}' - --raw | cat"
    piped = subprocess.run(["bash", "-c", command], input=vecs.tobytes(), capture_output=True)
    assert piped.stdout == expected


def test_threads(run, spec, rig, vecs):
    expected = rig.vec_to_rig_batch(vecs).tobytes()
    for count in ("0", "1", "1000"):
        assert run("convert", spec, "-", "--threads", count, input=npy(vecs)).stdout == expected
    refused = run("convert", spec, "-", "--threads", "-1", input=npy(vecs))
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert b"--threads: '-1' is negative" in refused.stderr
    for option in ("--threads", "--start-frame"):
        refused = run("convert", spec, "-", option, "9" * 21, input=npy(vecs))
        assert (refused.returncode, refused.stdout) == (2, b"")
        assert f"{option}: '{'9' * 21}' is too large".encode() in refused.stderr


def test_large_input_in_blocks(run, spec, rig, vecs, tmp_path):
    many = np.tile(vecs, (150, 1))
    path = tmp_path / "many.npy"
    np.save(path, many)
    out = tmp_path / "out.msgpack"
    assert run("convert", spec, path, "-o", out).returncode == 0
    assert out.read_bytes() == rig.vec_to_rig_batch(many).tobytes()


def test_empty_batch(run, spec, rig):
    result = run("convert", spec, "-", input=npy(np.zeros((0, rig.vec_size), np.float32)))
    assert (result.returncode, result.stdout) == (1, b"")
    assert b"it holds no frame; nothing is written" in result.stderr


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda vecs: npy(vecs.astype(np.int32)), b"astype"),
        (lambda vecs: npy(vecs.astype(np.complex64)), b"astype"),
        (lambda vecs: npy(vecs[:, :-1]), b"(300, 8)"),
        (lambda vecs: npy(vecs[None]), b"(1, 300, 9)"),
        (lambda vecs: npy(vecs)[:-1], b"cut short"),
        (lambda vecs: npy(np.asfortranarray(vecs))[:-4], b"cut short"),
        (lambda vecs: npy(vecs)[:20], b"cut short"),
        (lambda vecs: npy(vecs) + b"x", b"after the array"),
        (lambda vecs: vecs.tobytes(), b"--raw"),
        (lambda vecs: b"", b"this is empty"),
        (lambda vecs: npy(vecs).replace(b"(300, 9)", b"(9999999999999999, 9)"), b"cut short"),
    ],
)
def test_bad_npy(run, spec, vecs, make, hint, tmp_path):
    out = tmp_path / "out.msgpack"
    result = run("convert", spec, "-", "-o", out, input=make(vecs))
    assert result.returncode == 1
    assert hint in result.stderr
    assert not result.stdout
    assert os.listdir(tmp_path) == ["small.yaml"]


def test_raw_cut_short(run, spec, vecs):
    result = run("convert", spec, "-", "--raw", input=vecs.tobytes()[:-4])
    assert result.returncode == 1
    assert b"cut short" in result.stderr


def test_bad_frames(run, spec, rig, vecs, tmp_path):
    vecs[[2, 4], 0] = np.nan
    out = tmp_path / "out.msgpack"
    out.write_bytes(b"old")
    stopped = run("convert", spec, "-", "-o", out, input=npy(vecs))
    assert stopped.returncode == 1
    assert b"frame 2: " in stopped.stderr
    assert b"main" in stopped.stderr
    assert out.read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["out.msgpack", "small.yaml"]
    skipped = run("convert", spec, "-", "-o", out, "--on-error", "skip", input=npy(vecs))
    assert skipped.returncode == 0
    assert b"skipped 2 of 300 frames" in skipped.stderr
    good = np.delete(vecs, [2, 4], axis=0)
    assert out.read_bytes() == rig.vec_to_rig_batch(good).tobytes()


def test_output_file(run, spec, rig, vecs, tmp_path):
    target = tmp_path / "real.msgpack"
    link = tmp_path / "link.msgpack"
    target.write_bytes(b"old")
    link.symlink_to(target)
    assert run("convert", spec, "-", "-o", link, input=npy(vecs[0])).returncode == 0
    assert link.is_symlink()
    assert target.read_bytes() == rig.vec_to_rig(vecs[0])
    mask = os.umask(0)
    os.umask(mask)
    fresh = tmp_path / "fresh.msgpack"
    run("convert", spec, "-", "-o", fresh, input=npy(vecs[0]))
    assert fresh.stat().st_mode & 0o777 == 0o666 & ~mask
    assert run("convert", spec, "-", "-o", "/dev/null", input=npy(vecs)).returncode == 0


@pytest.mark.parametrize("out", ["/nowhere/out", "/dev/full"])
def test_output_that_cannot_be_written(run, spec, vecs, out):
    result = run("convert", spec, "-", "-o", out, input=npy(vecs))
    assert result.returncode == 1
    assert b"cannot write" in result.stderr


def test_inputs_that_cannot_be_read(run, spec):
    assert run("convert", "-", "-", input=b"").returncode == 2
    missing = run("convert", spec, "/nowhere.npy")
    assert missing.returncode == 1
    assert b"/nowhere.npy" in missing.stderr
    assert run("convert", spec, "-", "--on-error", "pray", input=b"").returncode == 2


def convert_in_a_gigabyte(program, spec, *arguments, **options):
    command = ["bash", "-c", 'ulimit -v 1000000; exec "$@"', "bash"]
    command += [program, "convert", "--no-cache", spec, *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, **options)


@pytest.mark.parametrize("inputs", [0, 1])
def test_messages_far_longer_than_vectors(program, tmp_path, inputs):
    constants = "".join(
        f"      - constant: {{name: constant{i}, value: {i}}}\n" for i in range(1000)
    )
    moved = "      - translation: {axes: x, scale: 1, center: 0}\n" * inputs
    spec = tmp_path / "long.yaml"
    spec.write_text(
        f"rigjit: 1\nname: long\ncontrollers:\n  - name: c\n    transformations:\n"
        f"{moved}{constants}"
    )
    rig = rigjit.load(spec, cache=False)
    assert rig.msgpack_size > 15_000
    vecs = np.zeros((100_000, inputs), np.float32)
    result = convert_in_a_gigabyte(program, spec, "-", "-o", "/dev/null", input=npy(vecs))
    assert (result.returncode, result.stderr) == (0, b"")
    few = np.arange(1_000 * inputs, dtype=np.float32).reshape(1_000, inputs)
    result = convert_in_a_gigabyte(program, spec, "-", input=npy(few))
    assert result.stdout == rig.vec_to_rig_batch(few).tobytes()


def test_out_of_memory(program, spec, rig, tmp_path):
    # In Fortran order the whole array is needed at once; the file is a hole.
    path = tmp_path / "vecs.npy"
    header = {"descr": "<f4", "fortran_order": True, "shape": (1 << 28, rig.vec_size)}
    with path.open("wb") as file:
        npy_format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + 4 * rig.vec_size * (1 << 28))
    result = convert_in_a_gigabyte(program, spec, path, "-o", tmp_path / "out")
    assert result.returncode == 1
    assert result.stderr.startswith(b"rigjit: ")
    assert not (tmp_path / "out").exists()
