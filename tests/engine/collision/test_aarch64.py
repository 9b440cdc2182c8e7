"""The kernel of aarch64, under qemu: the bits of the kernels of newer x86-64, which round alike."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

# A build may be without it.
collision = pytest.importorskip("rigjit.collision", exc_type=ImportError)

ROOT = Path(__file__).resolve().parents[3]
CHILD = Path(__file__).with_name("aarch64_child.cc")
COMPILER = "aarch64-linux-gnu-g++"
# Those need libraries that no cross compiler brings; the child has a hull of its own.
FOREIGN = {"convex_hull.cc", "hull_file.cc", "hull_header.cc", "x86_64_v3.cc", "x86_64_v4.cc"}
FLAGS = ["-std=c++23", "-O2", "-ffp-contract=off", "-Wno-psabi", "-ffunction-sections"]


@pytest.fixture(scope="module")
def child(tmp_path_factory):
    for tool in (COMPILER, "qemu-aarch64"):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool}")
    if " fma " not in Path("/proc/cpuinfo").read_text():
        pytest.skip("products are rounded by themselves here")
    out = tmp_path_factory.mktemp("aarch64")
    (out / "simdjson.h").symlink_to("/usr/include/simdjson.h")
    includes = [f"-I{ROOT / 'engine'}", f"-I{ROOT / 'engine/include'}", f"-I{out}"]
    sources = [CHILD, *(ROOT / "engine/base").glob("*.cc")]
    for folder in ("engine/collision", "engine/collision/kernel"):
        sources += [path for path in (ROOT / folder).glob("*.cc") if path.name not in FOREIGN]

    def compiled(source: Path) -> Path:
        target = out / f"{source.parent.name}_{source.stem}.o"
        subprocess.run([COMPILER, *FLAGS, *includes, "-c", source, "-o", target], check=True)
        return target

    with ThreadPoolExecutor(2) as threads:
        objects = list(threads.map(compiled, sources))
    program = out / "child"
    link = [COMPILER, "-static", "-pthread", "-Wl,--gc-sections", "-o", program, *objects]
    subprocess.run(link, check=True)
    return ["qemu-aarch64", program]


def moves(rng: np.random.Generator, frames: int, hulls: int) -> np.ndarray:
    """Rotated, scaled, sheared and mirrored; near each other and apart."""
    matrices = np.zeros((frames, hulls, 3, 4))
    rotations = Rotation.random(frames * hulls, rng=rng).as_matrix()
    shears = np.eye(3) + rng.normal(size=(frames * hulls, 3, 3)) * 0.2
    mirrors = np.where(rng.random((frames * hulls, 1, 1)) < 0.2, -1.0, 1.0)
    matrices[..., :3] = (mirrors * rotations @ shears).reshape(frames, hulls, 3, 3)
    matrices[..., 3] = rng.normal(size=(frames, hulls, 3)) * rng.choice([0.2, 2.0, 5.0])
    return matrices


def test_answers_are_those_of_x86(child):
    rng = np.random.default_rng(8)
    clouds = {str(k): rng.normal(size=(k, 3)) * rng.uniform(0.1, 2, 3) for k in (4, 9, 40, 60, 300)}
    hulls = collision.Hulls(clouds)
    transforms = np.concatenate([moves(rng, 40, len(clouds)) for _ in range(5)])
    pairs = np.int32([[a, b] for a in range(len(clouds)) for b in range(a)])
    words = [np.int32(len(hulls))]
    for name in hulls.names:
        hull = hulls[name]
        words += [np.int32([len(hull.vertices), len(hull.faces)]), hull.vertices, hull.faces]
    words += [np.int32(len(transforms)), transforms, np.int32(len(pairs)), pairs]
    ran = subprocess.run(
        child, input=b"".join(word.tobytes() for word in words), capture_output=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr.decode()
    expected = hulls.signed_distance(transforms, pairs)
    assert (expected < 0).any()
    assert (expected > 0).any()
    distances = np.frombuffer(ran.stdout, np.float32, expected.size).reshape(expected.shape)
    contacts = np.frombuffer(ran.stdout[distances.nbytes :], collision.contact_dtype)
    np.testing.assert_array_equal(distances, expected)
    np.testing.assert_array_equal(contacts, hulls.contacts(transforms, pairs, max_distance=np.inf))
