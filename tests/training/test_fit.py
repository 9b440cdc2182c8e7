"""What is fitted is right, and all else in a spec stays what it was."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys

import numpy as np
import pytest

import rigjit

pytest.importorskip("ruamel.yaml")

SPEC = """\
# yaml-language-server: $schema=rigjit.schema.json
rigjit: 1      # the format
name: hero
metadata: {unit: cm, take: 010, "quoted": 'it''s'}
x-finger: &finger
  - rotation1d: {axis: z}
  - attribute: {name: spread, scale: 0.50}   # half
  # what fingers share
  - attribute: &bend {name: bend}
controllers:
  # the root
  - name: root   # of all
    transformations:
      - translation: {axes: zxy, scale: 25, center: 0}   # value = v * scale + center
      - rotation3d: {rotate_order: zxy, min: [-10, none, 5]}
      - scale:
          axes: xz
          scale:
            - 0.9   # of x
            - 1.1
          # one for both
          center: 1
      - attribute: {name: roll, type: float, min: -1, max: 1, limit: error}
      - attribute: {name: count, type: int, scale: 5, min: 0, max: 10}
      - attribute: {name: shown, type: bool, scale: 1.5}
      - attribute: {name: space, type: enum, names: [world, chest], scale: 3}
      - attribute: {name: hot, type: enum, names: [a, b], encoding: one_hot}
      - attribute: {name: rotateX2}
      - constant: {name: "IK # FK", value: 1}
  - {name: 'index', transformations: *finger}
  - {name: middle, transformations: *finger}
  - name: 1_000
    transformations:
      - translation: {}
      - attribute: *bend
      - rotation3d: {output: quaternion}
# the end
"""


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "hero.yaml"
    path.write_text(SPEC)
    return path


def values_of(rig, count=400, seed=1):
    """Random values that the rig's channels may have; bools, ints and enums among them."""
    rng = np.random.default_rng(seed)
    width = len(rig.channels)
    values = (
        rng.normal(size=(count, width)) * rng.uniform(1, 90, width) + rng.normal(size=width) * 9
    )
    for place, channel in enumerate(rig.channels):
        most = {"bool": 2, "int": 11, "enum": 2}.get(channel.type)
        if most:
            values[:, place] = rng.integers(0, most, count)
        if channel.transformation == "constant":
            values[:, place] = 1
    return values.astype(np.float32)


def fitted(spec, values, tmp_path, **options):
    path = tmp_path / "values.npy"
    np.save(path, values)
    output = tmp_path / "out" / "new.yaml"
    output.parent.mkdir(exist_ok=True)
    found = rigjit.fit(spec, [path], output, **options)
    assert output.read_text() == found.text
    return found, rigjit.load(output), output


AFFINE = [0, 1, 2, 6, 7, 8, 9, 13]  # of `root`: rotation, bool, enums and constant have no numbers


@pytest.mark.parametrize("method", ["minmax", "std", "percentile"])
def test_numbers_are_numpys(spec, tmp_path, method):
    rig = rigjit.load(spec)
    values = values_of(rig)
    options = {"range": (2.5, 80)} if method == "percentile" else {}
    found, new, _ = fitted(spec, values, tmp_path, method=method, **options)
    wide = values.astype(np.float64)
    low, high = wide.min(axis=0), wide.max(axis=0)
    if method == "percentile":
        low, high = np.percentile(wide, (2.5, 80), axis=0)
    center, scale = (low + high) / 2, (high - low) / 2
    if method == "std":
        center, scale = wide.mean(axis=0), wide.std(axis=0)
    affine = np.flatnonzero(np.isfinite(found.scale))
    assert [rig.channels[i] for i in affine[: len(AFFINE)]] == [rig.channels[i] for i in AFFINE]
    types = {rig.channels[i].type for i in affine}
    assert types == {"float", "int"}
    np.testing.assert_allclose(found.scale[affine], scale[affine], rtol=1e-9)
    np.testing.assert_allclose(found.center[affine], center[affine], rtol=1e-9, atol=1e-9)

    # The new rig turns the same values into normalised vectors. Bounds of ints and errors stay.
    assert list(new.channels) == list(rig.channels)
    vecs = new.values_to_vec_batch(values)
    inputs = [
        i
        for i, (_, kind, part) in enumerate(new.inputs)
        if kind in ("translation", "scale")
        or part in ("roll", "count", "spread", "bend", "rotateX2")
    ]
    assert len(inputs) == len(affine)
    normal = (wide[:, affine] - center[affine]) / scale[affine]
    np.testing.assert_allclose(vecs[:, inputs], normal, rtol=1e-4, atol=1e-4)
    if method == "minmax":
        assert np.abs(vecs[:, inputs]).max() == pytest.approx(1, abs=1e-5)
    rotations = np.concatenate([new.slices["rotation3d"], new.slices["rotation1d"]])
    old_vecs = rig.values_to_vec_batch(values)
    assert vecs[:, rotations].tobytes() == old_vecs[:, rotations].tobytes()


def test_all_else_of_the_text_stays(spec, tmp_path):
    rig = rigjit.load(spec)
    found, _, _ = fitted(spec, values_of(rig), tmp_path)
    new = found.text
    for line in SPEC.splitlines():
        kept = not any(
            word in line
            for word in (
                "scale",
                "- 0.9",
                "- 1.1",
                "center",
                "name: roll",
                "*bend",
                "&bend",
                "rotateX2",
                "translation",
                "*finger",
            )
        )
        if kept or "shown" in line or "space" in line:
            assert line in new.splitlines(), line
    for comment in (
        "# the format",
        "# half",
        "# what fingers share",
        "# the root",
        "# of all",
        "# value = v",
        "# of x",
        "# one for both",
        "# the end",
    ):
        assert comment in new
    assert "name: count, type: int, scale: 5, min: 0, max: 10" in new.replace(", center: 5", "")
    assert "&finger" in new
    order = [line.split("name: ")[1] for line in new.splitlines() if line.startswith("  - name")]
    assert [each.split()[0] for each in order] == ["root", "1_000"]


def test_what_agrees_stays_shared_and_what_does_not_is_copied(spec, tmp_path):
    rig = rigjit.load(spec)
    values = values_of(rig)
    names = [".".join(channel) for channel in rig.channels]
    for attribute in ("spread", "bend"):
        values[:, names.index(f"middle.{attribute}")] = values[:, names.index(f"index.{attribute}")]
    values[:, names.index("1_000.bend")] = values[:, names.index("index.bend")]
    found, _, _ = fitted(spec, values, tmp_path)
    assert found.text.count("*finger") == 2
    assert found.text.count("*bend") == 1
    assert not found.notes

    values[:, names.index("middle.spread")] *= 2
    found, new, _ = fitted(spec, values, tmp_path)
    assert found.text.count("*finger") == 1
    assert found.notes == ["middle: *finger is a copy now, its numbers differ from index's"]
    values[:, names.index("1_000.bend")] *= 3
    found, new, _ = fitted(spec, values, tmp_path)
    assert "1_000: *bend is a copy now, its numbers differ from index's" in found.notes
    assert (found.text.count("&bend"), found.text.count("&finger")) == (1, 1)
    low, high = values.min(axis=0), values.max(axis=0)
    for name in ("index.spread", "middle.spread", "index.bend", "middle.bend", "1_000.bend"):
        place = names.index(name)
        assert found.scale[place] == pytest.approx((float(high[place]) - low[place]) / 2)
        vec = new.rest_vec.copy()
        vec[[".".join((c, part)) for c, _, part in new.inputs].index(name)] = 1
        assert new.vec_to_values(vec)[place] == pytest.approx(high[place], rel=1e-5)


def test_a_second_fit_changes_nothing(spec, tmp_path):
    values = values_of(rigjit.load(spec))
    found, _, output = fitted(spec, values, tmp_path)
    again = rigjit.fit(output, [tmp_path / "values.npy"], output)
    assert again.text == found.text == output.read_text()


def test_channels_that_stand_still_keep_their_scale(spec, tmp_path):
    rig = rigjit.load(spec)
    values = np.tile(values_of(rig, 1), (30, 1))
    values[:, rig.channels.index(("root", "roll"))] = 0.5  # beyond its limits it is an error
    found, new, _ = fitted(spec, values, tmp_path, method="std")
    assert found.scale[:3].tolist() == [25, 25, 25]
    np.testing.assert_allclose(found.center[:3], values[0, :3])
    assert new.vec_to_values(new.values_to_vec(values[0]))[0] == values[0, 0]


def test_percentiles_that_are_one_give_way_to_the_range(spec, tmp_path):
    values = values_of(rigjit.load(spec))
    values[:, 0] = 0
    values[7, 0] = 10
    found, _, _ = fitted(spec, values, tmp_path, method="percentile")
    assert (found.scale[0], found.center[0]) == (5, 5)
    assert found.notes[0].startswith("root.translateZ: its percentiles are the same")


BASE = """\
rigjit: 1
defaults: {rotate_order: zyx, angle_unit: radians}
controllers:
  - name: root
    transformations: &both [translation: {scale: 2}, rotation3d: {}]   # shared
  - name: tail
    transformations: *both
  - name: twist
    transformations: [rotation1d: {axis: x}]
  - name: gone
    transformations: [translation: {}]
"""
VARIANT = """\
rigjit: 1
base: rigs/base.yaml   # the biped
drop: [gone]
defaults: {rotate_order: yxz}
controllers:
  - name: cape
    transformations: [translation: {axes: x}]
  - name: tail
    transformations: [translation: {axes: y}, rotation3d: {}]
"""


def test_numbers_of_a_base_are_written_into_the_variant(tmp_path):
    (tmp_path / "rigs").mkdir()
    (tmp_path / "rigs/base.yaml").write_text(BASE)
    (tmp_path / "variant.yaml").write_text(VARIANT)
    rig = rigjit.load(tmp_path / "variant.yaml")
    rng = np.random.default_rng(3)
    values = rng.normal(size=(50, len(rig.channels))).astype(np.float32)
    found, new, _ = fitted(tmp_path / "variant.yaml", values, tmp_path)
    assert (tmp_path / "rigs/base.yaml").read_text() == BASE
    assert "base: ../rigs/base.yaml   # the biped" in found.text.replace(" #", "   #")
    assert list(new.channels) == list(rig.channels)
    assert [(c.rotate_order, c.angle_unit) for c in new.channels] == [
        (c.rotate_order, c.angle_unit) for c in rig.channels
    ]
    assert "twist" not in found.text  # has no numbers: left to the base
    assert found.notes[0].startswith("1 controller of ")
    vecs = new.values_to_vec_batch(values)
    moved = [i for i, (_, kind, _) in enumerate(new.inputs) if kind == "translation"]
    assert np.abs(vecs[:, moved]).max(axis=0) == pytest.approx(np.ones(len(moved)), abs=1e-5)
    old = rig.values_to_vec_batch(values)
    others = [i for i in range(new.vec_size) if i not in moved]
    assert vecs[:, others].tobytes() == old[:, others].tobytes()


def test_the_configs_round_trip(tmp_path, human):
    rig, vecs = human
    root = os.path.join(os.path.dirname(__file__), "../../configs")
    clip = tmp_path / "walk.clip"
    clip.write_bytes(rig.clip(vecs))
    found = rigjit.fit(os.path.join(root, "rigify_human.yaml"), [clip])
    with open(os.path.join(root, "rigify_human.yaml"), encoding="utf-8") as file:
        old = file.read().splitlines()
    new = found.text.splitlines()
    assert len(old) == len(new)
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert all("scale" in b for _, b in changed)
    again = rigjit.loads(found.text)
    vecs = again.values_to_vec_batch(rig.vec_to_values_batch(vecs))
    assert np.abs(vecs).max() < 1.0001


def test_statistics_of_many_machines_give_the_same_spec(spec, tmp_path):
    from rigjit import stats

    rig = rigjit.load(spec)
    values = values_of(rig, 1000)
    for part in range(4):
        found = stats.Statistics(rig)
        found.add(values[250 * part : 250 * part + 250])
        (tmp_path / f"{part}.json").write_text(found.to_json())
    whole, _, _ = fitted(spec, values, tmp_path)
    merged = rigjit.fit(spec, [tmp_path / f"{part}.json" for part in range(4)])
    assert merged.text == whole.text


def test_percentiles_of_many_machines(spec, tmp_path):
    """By the command line: scales and centers are those of all frames, to 1/2000 of the range."""
    rig = rigjit.load(spec)
    values = values_of(rig, 1000)
    for part in range(2):
        np.save(tmp_path / "some.npy", values[500 * part : 500 * part + 500])
        words = ("stats", spec, tmp_path / "some.npy", "-o", tmp_path / f"{part}.json")
        assert command(*words, "--percentiles").returncode == 0
    whole, _, _ = fitted(spec, values, tmp_path, method="percentile")
    words = [tmp_path / "0.json", tmp_path / "1.json", "--method", "percentile"]
    done = command("fit", spec, *words, "-o", tmp_path / "merged.yaml")
    assert done.returncode == 0, done.stderr
    assert "percentiles of statistics are exact to 1/2000" in done.stderr
    merged = rigjit.fit(spec, words[:2], method="percentile")
    assert (tmp_path / "merged.yaml").read_text() == merged.text
    off = np.abs(np.array([merged.scale - whole.scale, merged.center - whole.center]))
    assert (np.nan_to_num(off) <= np.ptp(values, axis=0) / 2000).all()
    assert np.nanmax(off) > 0
    plain = ("stats", spec, tmp_path / "some.npy", "-o", tmp_path / "plain.json")
    assert command(*plain).returncode == 0
    done = command("fit", spec, tmp_path / "plain.json", *words, "-o", tmp_path / "none.yaml")
    assert done.returncode == 1
    assert "plain.json: error: it holds no percentiles" in done.stderr
    assert not (tmp_path / "none.yaml").exists()
    assert command("stats", spec, tmp_path / "some.npy", "--percentiles").returncode == 2


def command(*arguments, **options):
    program = [sys.executable, "-m", "rigjit", *map(str, arguments)]
    return subprocess.run(program, capture_output=True, text=True, timeout=120, **options)


def test_the_command_writes_reports_and_draws(spec, tmp_path):
    values = values_of(rigjit.load(spec))
    np.save(tmp_path / "a.npy", values)
    output, plot = tmp_path / "new.yaml", tmp_path / "fit.svg"
    done = command("fit", spec, tmp_path / "a.npy", "-o", output, "--plot", plot)
    assert (done.returncode, done.stderr) == (0, "")
    assert "fitted to 400 frames of 1 clip" in done.stdout
    assert "root.roll goes down to" in done.stdout
    assert plot.read_text().startswith("<svg ")
    assert rigjit.load(output).hash != rigjit.load(spec).hash
    done = command("stats", spec, tmp_path / "a.npy", "-o", tmp_path / "part.json")
    assert done.returncode == 0
    assert "root.translateZ" in done.stdout
    done = command("fit", spec, tmp_path / "part.json", "-o", tmp_path / "again.yaml")
    assert (tmp_path / "again.yaml").read_text() == output.read_text()


def test_mistakes_of_the_command_write_nothing(spec, tmp_path):
    rig = rigjit.load(spec)
    values = values_of(rig)
    np.save(tmp_path / "a.npy", values)
    np.save(tmp_path / "vectors.npy", rig.values_to_vec_batch(values))
    other = rigjit.loads(SPEC.replace("name: middle", "name: ring"))
    (tmp_path / "other.clip").write_bytes(other.clip(other.values_to_vec_batch(values[:3] * 0 + 1)))
    (tmp_path / "empty").mkdir()
    output = tmp_path / "new.yaml"
    output.write_text("as it was")
    for inputs, text in (
        (["none.npy"], "no such file"),
        (["empty"], "no file below it"),
        (["other.clip"], "ring.rotateZ"),
        (["vectors.npy"], "--from vectors"),
        (["hero.yaml"], "unknown-form"),
    ):
        done = command("fit", spec, *(tmp_path / each for each in inputs), "-o", output)
        assert done.returncode == 1
        assert text in done.stderr
        assert "Traceback" not in done.stderr
        assert output.read_text() == "as it was"
    for wrong in (["--method", "best"], ["--range", "99,1"], ["--range", "1,99"]):
        assert command("fit", spec, tmp_path / "a.npy", "-o", output, *wrong).returncode == 2
    done = command("fit", spec, tmp_path / "vectors.npy", "--from", "vectors", "-o", output)
    assert done.returncode == 0


def test_a_full_disk_leaves_what_was_there(spec, tmp_path):
    np.save(tmp_path / "a.npy", values_of(rigjit.load(spec)))
    output = tmp_path / "new.yaml"
    output.write_text("as it was")

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    before = sorted(os.listdir(tmp_path))
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = command("fit", spec, tmp_path / "a.npy", "-o", output, preexec_fn=limit, env=environment)
    assert done.returncode == 1
    assert done.stderr == f"rigjit fit: {output}: File too large\n"
    assert output.read_text() == "as it was"
    assert sorted(os.listdir(tmp_path)) == before


def test_links_are_followed_and_modes_kept(spec, tmp_path):
    np.save(tmp_path / "a.npy", values_of(rigjit.load(spec)))
    real = tmp_path / "real.yaml"
    real.write_text("x")
    real.chmod(0o640)
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    rigjit.fit(spec, [tmp_path / "a.npy"], tmp_path / "link.yaml")
    assert (tmp_path / "link.yaml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_text().startswith("# yaml")


def test_without_the_extra_one_line_says_what_to_install(spec, tmp_path):
    np.save(tmp_path / "a.npy", values_of(rigjit.load(spec)))
    code = (
        "import sys; sys.modules['ruamel'] = None; sys.modules['ruamel.yaml'] = None\n"
        "from rigjit._fit_command import fit; sys.exit(fit(sys.argv[1:]))"
    )
    arguments = [str(spec), str(tmp_path / "a.npy"), "-o", str(tmp_path / "b.yaml")]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "rigjit fit needs ruamel.yaml: pip install 'rigjit[dataset]'\n"


def test_importing_rigjit_imports_none_of_it():
    code = (
        "import sys, rigjit\n"
        "heavy = ('numpy', 'ruamel', 'pyarrow', 'fsspec')\n"
        "own = ('rigjit.stats', 'rigjit.fitting', 'rigjit.inputs')\n"
        "print([m for m in sys.modules if m.split('.')[0] in heavy or m.startswith(own)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
