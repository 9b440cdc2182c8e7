"""Statistics are numpy's and scipy's, and what is odd is found."""

from __future__ import annotations

import json
import tracemalloc

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from small_spec import SPEC

import rigjit
from rigjit import stats


@pytest.fixture(scope="module")
def rig():
    return rigjit.loads(SPEC)


def random_values(rig, count, seed=3):
    rng = np.random.default_rng(seed)
    offsets = rng.normal(size=len(rig.channels)) * 1000
    walk = np.cumsum(rng.normal(size=(count, len(rig.channels))), axis=0)
    return (walk + offsets).astype(np.float32)


def add_all(rig, values, block=97, clip="a"):
    found = stats.Statistics(rig)
    for begin in range(0, len(values), block):
        found.add(values[begin : begin + block], clip, begin)
    return found


def check_moments(found, values):
    wide = values.astype(np.float64)
    np.testing.assert_allclose(found.mean, wide.mean(axis=0), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(found.deviation, wide.std(axis=0), rtol=1e-9, atol=1e-9)
    assert (found.low == values.min(axis=0)).all()
    assert (found.high == values.max(axis=0)).all()
    assert found.frames == len(values)


def test_moments_are_numpys(rig, human):
    for each, values in (
        (rig, random_values(rig, 5000)),
        (human[0], human[0].vec_to_values_batch(human[1])),
    ):
        check_moments(add_all(each, values), values)


def test_moments_far_from_zero_keep_their_digits(rig):
    rng = np.random.default_rng(1)
    values = (1e6 + rng.random((3000, len(rig.channels)))).astype(np.float32)
    check_moments(add_all(rig, values), values)


def test_steps_are_numpys_and_go_the_shorter_way(rig):
    values = random_values(rig, 1000) * 7
    found = add_all(rig, values).steps
    steps = np.abs(np.diff(values.astype(np.float64), axis=0))
    angles = [i for i, (_, name) in enumerate(rig.channels) if name.startswith("rotate")]
    steps[:, angles] = np.abs((steps[:, angles] + 180) % 360 - 180)
    np.testing.assert_allclose(found.largest, steps.max(axis=0), rtol=1e-3)
    others = (steps.sum(axis=0) - steps.max(axis=0)) / (len(steps) - 1)
    np.testing.assert_allclose(found.usual, others, rtol=1e-3)
    linear = angles[0] - 1
    assert found.where[linear] == ("a", int(steps[:, linear].argmax()) + 1)


def test_no_step_leads_from_clip_to_clip_or_over_a_gap(rig):
    values = np.zeros((2, len(rig.channels)), np.float32)
    found = stats.Statistics(rig)
    found.add(values, "a", 0)
    found.add(values + 100, "b", 0)
    found.add(values, "b", 3)
    assert found.steps.largest.max() == 0
    assert found.clips == 2
    found.add(values + 7, "b", 5)
    assert found.steps.largest[0] == 7


def test_rotations_against_scipy(rig):
    places = [i for i, (name, a) in enumerate(rig.channels) if name == "head" and "rotate" in a]
    values = np.zeros((700, len(rig.channels)), np.float32)
    rng = np.random.default_rng(5)
    values[:, places] = np.cumsum(rng.normal(size=(700, 3)) * 9, axis=0)
    values[400:, places[1]] += 120
    found = add_all(rig, values).turns
    # rotate order zxy: z first, of the columns rotateX, rotateY, rotateZ
    turned = Rotation.from_euler("zxy", values[:, places][:, [2, 0, 1]], degrees=True)
    matrices = turned.as_matrix()
    steps = np.degrees((turned[1:] * turned[:-1].inv()).magnitude())
    assert found.where[0] == ("a", int(steps.argmax()) + 1)
    assert found.largest[0] == pytest.approx(steps.max(), abs=1e-3)
    distance = np.degrees(np.arcsin(np.abs(np.cos(np.radians(values[:, places[0]])))))
    assert found.near_lock[0] == (distance < stats._turns.LOCK_DEGREES).sum()
    assert found.nearest[0] == pytest.approx(distance.min(), abs=1e-4)

    small = add_all(rig, values[:240], block=240).turns  # at one look: it is then given up
    tilt = np.degrees(np.arccos(np.einsum("nii->ni", matrices[:240]).min(axis=0).clip(-1, 1)))
    np.testing.assert_allclose(small.tilt[0], tilt, atol=1e-3)


def test_statistics_of_parts_merge_to_those_of_the_whole(rig):
    values = random_values(rig, 4000)
    whole = add_all(rig, values[:1000], clip="0")
    for part in range(1, 4):
        whole.add(values[1000 * part : 1000 * (part + 1)], str(part), 0)
    merged = stats.Statistics(rig)
    for part in range(4):
        each = add_all(rig, values[1000 * part : 1000 * (part + 1)], clip=str(part))
        text = each.to_json()
        merged.merge(stats.Statistics.from_json(text, rig))
    check_moments(merged, values)
    assert merged.clips == whole.clips == 4
    assert merged.steps.where == whole.steps.where
    for part in ("steps", "holds", "turns"):
        for name, value in vars(getattr(whole, part)).items():
            if isinstance(value, np.ndarray) and name != "tilt":
                np.testing.assert_allclose(getattr(getattr(merged, part), name), value, rtol=1e-5)


@pytest.mark.parametrize(
    "kind", ["translation: {}", "rotation1d: {axis: x}", "constant: {name: k}"]
)
def test_statistics_of_a_rig_without_rotations_are_read_again(kind):
    kind = kind.replace("name: k", "name: k, value: 1")
    rig = rigjit.loads(f"rigjit: 1\ncontrollers: [{{name: a, transformations: [{kind}]}}]\n")
    statistics = stats.Statistics(rig)
    statistics.add(np.ones((3, len(rig.channels))))
    text = statistics.to_json()
    assert stats.Statistics.from_json(text, rig).to_json() == text


def test_statistics_of_other_channels_do_not_merge(rig):
    other = rigjit.loads(SPEC.replace("l_elbow", "r_elbow"))
    with pytest.raises(ValueError, match="l_elbow"):
        stats.Statistics(rig).merge(stats.Statistics(other))
    text = stats.Statistics(rig).to_json()
    with pytest.raises(rigjit.RigError, match="rig-mismatch"):
        stats.Statistics.from_json(text, other)
    with pytest.raises(rigjit.RigError, match="malformed-statistics"):
        stats.Statistics.from_json(text[:-20], rig)
    broken = json.loads(text)
    broken["moments"]["mean"] = [1]
    with pytest.raises(rigjit.RigError, match="malformed-statistics"):
        stats.Statistics.from_json(json.dumps(broken), rig)


def test_what_is_no_value_is_refused(rig):
    found = stats.Statistics(rig)
    values = np.zeros((3, len(rig.channels)), np.float32)
    values[1, 2] = np.nan
    with pytest.raises(ValueError, match="finite"):
        found.add(values)
    with pytest.raises(ValueError, match="shape"):
        found.add(values[:, 1:])
    assert found.frames == 0


def awkward(rng, count):
    """Columns that are hard for bins: atoms, tiny and huge numbers, one outlier, few values."""
    columns = [
        rng.normal(size=count),
        np.where(rng.random(count) < 0.9, 0, rng.normal(size=count)),
        rng.lognormal(sigma=9, size=count),
        np.full(count, -3.25),
        np.concatenate([rng.normal(size=count - 1) * 1e-30, [1e30]]),
        rng.integers(0, 3, count).astype(float),
        1e7 + rng.random(count),
        -rng.lognormal(sigma=2, size=count),
        rng.normal(size=count) * 1e-41,
    ]
    return np.array(columns, np.float32).T


@pytest.mark.parametrize("count", [1, 2, 7, 101, 20000])
def test_percentiles_are_numpys_exactly(count):
    fractions = (0.0, 0.005, 0.01, 0.5, 0.99, 0.995, 1.0)
    values = awkward(np.random.default_rng(count), count)
    histograms = []
    for part in np.array_split(values, 3):
        histograms.append(stats.Histogram(values.shape[1]))
        for block in np.array_split(part, 5):
            histograms[-1].add(block)
    histogram = stats.Histogram(values.shape[1])
    for each in histograms:
        histogram.merge(each)
    assert (histogram.counts.sum(axis=1) == count).all()
    ranks = [histogram.find(fractions) for _ in range(2)]
    for half, each in zip(np.array_split(values, 2), ranks, strict=True):
        for block in np.array_split(half, 4):
            each.add(block)
    ranks[0].merge(ranks[1])
    wanted = np.percentile(values.astype(np.float64), np.array(fractions) * 100, axis=0)
    np.testing.assert_allclose(ranks[0].percentiles(), wanted, rtol=1e-12, atol=0)


def test_a_second_pass_over_other_values_is_told():
    histogram = stats.Histogram(1)
    histogram.add(np.float32([[1], [2]]))
    with pytest.raises(ValueError, match="second pass"):
        histogram.find([0.5]).percentiles()


def test_files_together(human, tmp_path):
    rig, vecs = human
    for place in range(3):
        (tmp_path / f"{place}.clip").write_bytes(rig.clip(vecs[20 * place : 20 * place + 20]))
    values = rig.vec_to_values_batch(vecs)
    found, percentiles = stats.collect(rig, [tmp_path], fractions=(0.01, 0.99))
    check_moments(found, values)
    assert found.clips == 3
    cut = tmp_path / "0.clip"
    whole = cut.read_bytes()
    cut.write_bytes(whole[:-7])
    assert stats.collect(rig, [tmp_path])[0].notes == ["0: it was cut: 19 of 20 frames are there"]
    cut.write_bytes(whole)
    np.testing.assert_allclose(
        percentiles, np.percentile(values.astype(float), (1, 99), axis=0), rtol=1e-12
    )
    (tmp_path / "part.json").write_text(found.to_json())
    twice, _ = stats.collect(rig, [tmp_path])
    assert twice.frames == 120
    with pytest.raises(rigjit.RigError, match="no-percentiles"):
        stats.collect(rig, [tmp_path], fractions=(0.5,))


@pytest.mark.parametrize("count", [2, 40, 3000])
def test_percentiles_of_many_machines(rig, tmp_path, count):
    """Merged in any mixture with frames; ranges differ from part to part."""
    values = random_values(rig, count) * np.linspace(0.01, 3, count, dtype=np.float32)[:, None]
    halves = np.array_split(values, 2)
    for place, some in enumerate(halves):
        np.save(tmp_path / "1.npy", some)
        found, _ = stats.collect(rig, [tmp_path / "1.npy"], percentiles=True)
        (tmp_path / f"{place}.json").write_text(found.to_json())
    merged = stats.Statistics(rig)
    for place in range(2):
        text = (tmp_path / f"{place}.json").read_bytes()
        merged.merge(stats.Statistics.from_json(text, rig))
    again = stats.Statistics.from_json(merged.to_json(), rig)
    (tmp_path / "1.json").unlink()  # 1.npy has its frames
    fractions = (0, 0.01, 0.5, 0.973, 1)
    found, percentiles = stats.collect(rig, [tmp_path], fractions=fractions)
    assert found.frames == count
    assert found.notes == ["percentiles of statistics are exact to 1/2000 of a channel's range"]
    exact = np.percentile(values.astype(float), np.array(fractions) * 100, axis=0)
    off = np.abs(percentiles - exact) / np.ptp(values, axis=0)
    assert 0 < off.max() < 1 / 2000
    for each in (merged, again):
        estimate = each.histogram.estimate(fractions)
        assert np.array_equal(np.clip(estimate, found.low, found.high), percentiles)


@pytest.mark.parametrize("name", ["all.json", "all.txt", "all", "all.JSON", "all.jsonl"])
@pytest.mark.parametrize("indent", [None, 2])
def test_statistics_are_known_by_what_they_hold(rig, tmp_path, name, indent):
    found = add_all(rig, random_values(rig, 50))
    path = tmp_path / name
    path.write_text(json.dumps(json.loads(found.to_json()), indent=indent))
    again, _ = stats.collect(rig, [path])
    assert again.to_json() == found.to_json()
    from rigjit import fitting

    with pytest.raises(rigjit.RigError, match=f"{name}: error: it holds statistics and no poses"):
        fitting.infer([path])


def test_statistics_of_another_rig_or_half_of_them_are_named(rig, tmp_path):
    other = rigjit.loads("rigjit: 1\ncontrollers: [{name: a, transformations: [{scale: {}}]}]")
    path = tmp_path / "all.txt"
    path.write_text(stats.Statistics(other).to_json())
    with pytest.raises(
        rigjit.RigError, match=r"all\.txt: error: it is of another rig: its channels"
    ):
        stats.collect(rig, [path])
    path.write_text(add_all(rig, random_values(rig, 50)).to_json()[:-20])
    with pytest.raises(rigjit.RigError, match=r"all\.txt: error: it holds no statistics"):
        stats.collect(rig, [path])


def test_a_histogram_that_was_damaged(rig):
    found = stats.Statistics(rig)
    found.add(random_values(rig, 50))
    found.histogram = stats.Histogram(len(rig.channels))
    found.histogram.add(random_values(rig, 50))
    text = json.loads(found.to_json())
    stats.Statistics.from_json(json.dumps(text), rig)
    for key, wrong in (
        ("count", 49),
        ("first", [1]),
        ("bins", [[5000]] * len(rig.channels)),
        ("counts", [[-50]] * len(rig.channels)),
        ("exponent", None),
    ):
        damaged = text | {"histogram": text["histogram"] | {key: wrong}}
        with pytest.raises(rigjit.RigError, match="malformed-statistics"):
            stats.Statistics.from_json(json.dumps(damaged), rig)


def test_bad_frames_are_counted_and_every_bad_file_is_told(rig, tmp_path):
    values = random_values(rig, 50)
    values[7] = np.nan
    np.save(tmp_path / "a.npy", values)
    found, _ = stats.collect(rig, [tmp_path])
    assert (found.frames, found.bad) == (49, {"not-finite": 1})
    assert found.notes[0] == "a: frame 7: x_main_CTRL.translateX: the value is nan [not-finite]"
    assert len(found.notes) == 10
    check_moments(found, np.delete(values, 7, axis=0))
    np.save(tmp_path / "b.npy", values[:, 1:])
    (tmp_path / "c.json").write_text('{"a": ')
    with pytest.raises(rigjit.RigError) as caught:
        stats.collect(rig, [tmp_path])
    assert [error.file for error in caught.value.errors] == [
        str(tmp_path / name) for name in ("b.npy", "c.json")
    ]
    np.save(tmp_path / "a.npy", values * np.nan)
    with pytest.raises(rigjit.RigError, match="none of 50 frames is good"):
        stats.collect(rig, [tmp_path / "a.npy"])


ODD = """
rigjit: 1
controllers:
  - name: c
    transformations:
      - translation: {max: 4}
      - attribute: {name: weight}
      - attribute: {name: still}
      - attribute: {name: on}
      - attribute: {name: index}
      - attribute: {name: real, type: bool}
      - constant: {name: pinned, value: 2}
  - name: flat
    transformations: [rotation3d: {}]
  - name: locked
    transformations: [rotation3d: {rotate_order: zxy}]
  - name: resting
    transformations: [rotation3d: {}]
  - name: fine
    transformations: [rotation1d: {axis: x}]
"""


def test_everything_odd_is_found(tmp_path):
    rig = rigjit.loads(ODD)
    time = np.linspace(0, 20, 500)
    values = np.zeros((500, len(rig.channels)), np.float32)
    names = {".".join(channel): place for place, channel in enumerate(rig.channels)}

    def put(name, column):
        values[:, names[name]] = column

    put("c.translateX", np.sin(time) + (time > 10) * 5)  # beyond its max, and a jump
    put("c.translateY", np.sin(time))
    put("c.translateZ", np.cos(time))
    put("c.weight", np.clip(3 * np.sin(time), -1, 1))  # saturates
    put("c.still", 0.3)
    put("c.on", time > 7)
    put("c.index", np.floor(time) % 5 + 2)
    put("c.real", time > 3)
    put("c.pinned", 2)
    put("flat.rotateY", 170 * np.sin(time))
    put("locked.rotateX", 89 * np.sin(time))
    put("locked.rotateZ", 30 * np.sin(2 * time))
    put("fine.rotateX", time * 40 % 360)  # wraps, which is no jump
    found = add_all(rig, values)
    low, high = stats.limits_of(rig)
    assert high[:4].tolist() == [4, 4, 4, np.inf]
    findings = stats.find(found, (low, high))
    assert [(each.kind, each.subject) for each in findings] == [
        ("beyond-limits", "c.translateX"),
        ("jumps", "c.translateX"),
        ("saturates", "c.weight"),
        ("saturates", "c.weight"),
        ("near-lock", "locked"),
        ("type", "c.on"),
        ("type", "c.index"),
        ("one-axis", "flat"),
        ("never-moves", "c.still"),
        ("never-moves", "resting"),
    ]
    offers = {each.subject: each.offer for each in findings if each.offer}
    assert offers["c.on"] == 'attribute: {name: "on", type: bool}'
    assert offers["flat"] == "rotation1d: {axis: y}"
    for offer in offers.values():
        items = ", ".join(offer.split("\n"))
        rigjit.loads(f"rigjit: 1\ncontrollers: [{{name: c, transformations: [{items}]}}]")
    assert "frame 250 of 'a'" in findings[1].text
    text = stats.findings_text(findings)
    assert all(each.text in text for each in findings)

    picture = stats.svg(found, findings, (low, high), "<odd>")
    assert picture == stats.svg(found, findings, (low, high), "<odd>")
    import xml.etree.ElementTree as ElementTree

    texts = [each.text for each in ElementTree.fromstring(picture).iter() if each.text]
    assert "<odd>" in texts
    assert texts.index("c.weight") < texts.index("c.translateY")
    # `still`, two of `flat`, one of `locked` and three of `resting`
    assert "500 frames of 1 clip; 7 channels never move, named at the end" in texts
    begin = texts.index("7 channels never move:")
    assert begin > max(texts.index("c.translateY"), texts.index("c.weight"))
    still = [name for name, place in names.items() if np.ptp(values[:, place]) == 0]
    assert texts[begin + 1 :] == [
        f"{name} = {values[0, names[name]]:.4g}" for name in still if name != "c.pinned"
    ]


@pytest.mark.parametrize("count", [0, 1, 4, 5, 1000])
def test_a_picture_has_room_for_all_that_never_moves(count):
    import xml.etree.ElementTree as ElementTree

    names = ["b", *(f"a{place}_{'x' * 60}" for place in range(count))]
    items = ", ".join(f"attribute: {{name: {name}}}" for name in names)
    rig = rigjit.loads(f"rigjit: 1\ncontrollers: [{{name: c, transformations: [{items}]}}]")
    values = np.zeros((20, count + 1), np.float32)
    values[:, 0] = range(20)
    picture = ElementTree.fromstring(stats.svg(add_all(rig, values), []))
    places = [
        (float(each.get("x")), float(each.get("y")), len(each.text))
        for each in picture.iter("{http://www.w3.org/2000/svg}text")
        if " = 0" in each.text
    ]
    assert len(set(places)) == count
    assert all(y < float(picture.get("height")) - 10 for _, y, _ in places)
    # 11 pixels high, a letter is some 6.3 wide: none reaches into the next column.
    columns = sorted({x for x, _, _ in places})
    assert all(length * 6.3 < 1240 / 4 for _, _, length in places)
    assert len(columns) == min(count, 4) or count == 5  # three columns of two rows
    assert np.all(np.diff(columns) >= 290)


def test_a_table_has_every_channel(rig):
    values = random_values(rig, 20)
    lines = stats.table(add_all(rig, values)).splitlines()
    assert len(lines) == 1 + len(rig.channels)
    assert lines[1].split()[0] == "x_main_CTRL.translateX"
    assert float(lines[1].split()[1]) == pytest.approx(values[:, 0].mean(dtype=float), rel=1e-5)


def test_memory_does_not_grow_with_the_frames(rig, tmp_path):
    values = random_values(rig, 2000)
    path = tmp_path / "a.npy"
    peaks = []
    for times in (1, 100):
        np.save(path, np.tile(values, (times, 1)))
        tracemalloc.start()
        stats.collect(rig, [path], fractions=None)
        stats.collect(rig, [path], fractions=(0.01, 0.99))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0] + 4_000_000


def test_limits_are_those_of_the_spec():
    rig = rigjit.loads("""
rigjit: 1
controllers:
  - name: c
    transformations:
      - translation: {axes: zx, min: [-10, none], max: 40}
      - rotation3d: {rotate_order: zxy, min: [-45, none, 5], max: 90, angle_unit: radians}
      - constant: {name: k, value: 1}
      - attribute: {name: a, max: 0}
""")
    low, high = stats.limits_of(rig)
    assert low.tolist() == [-10, -np.inf, -45, -np.inf, 5, -np.inf, -np.inf]
    assert high.tolist() == [40, 40, 90, 90, 90, np.inf, 0]


JUMPING = """rigjit: 1
controllers:
  - name: a
    transformations: [rotation1d: {axis: y}, attribute: {name: reach}]
  - name: b
    transformations: [rotation3d: {output: quaternion}]
"""


@pytest.mark.parametrize(("frames", "clips"), [(12, 1), (60, 1), (100, 20), (3000, 1)])
def test_jumps_are_found_in_short_clips_too(frames, clips):
    rig = rigjit.loads(JUMPING, cache=False)
    found = stats.Statistics(rig)
    smooth = np.linspace(0, 1, frames, dtype=np.float32)
    for clip in range(clips):
        values = np.tile(rig.vec_to_values(rig.rest_vec), (frames, 1))
        half = np.radians(smooth * 10 + 140 * (np.arange(frames) >= frames // 2)) / 2
        values[:, 0] = smooth * 10 + 90 * (np.arange(frames) >= frames // 2)
        values[:, 1] = smooth + 20 * (np.arange(frames) >= frames // 2)
        values[:, 2], values[:, 3] = np.cos(half), np.sin(half)
        found.add(values, str(clip))
    jumps = [each for each in stats.find(found) if each.kind == "jumps"]
    assert [each.subject for each in jumps] == ["a.rotateY", "a.reach", "b"]
    assert all(f"frame {frames // 2} of '0'" in each.text for each in jumps)


def test_nothing_jumps_in_motion_that_is_smooth():
    rig = rigjit.loads(JUMPING, cache=False)
    found = stats.Statistics(rig)
    time = np.arange(200) / 24
    values = np.tile(rig.vec_to_values(rig.rest_vec), (200, 1)).astype(np.float32)
    values[:, 0], values[:, 1] = 170 * np.sin(3 * time), np.exp(3 * np.sin(2 * time))
    values[:, 2], values[:, 3] = np.cos(4 * time), np.sin(4 * time)
    found.add(values)
    assert [each for each in stats.find(found) if each.kind == "jumps"] == []


HEAD = "rigjit: 1\ncontrollers:\n  - name: c\n    transformations:"


@pytest.mark.parametrize("name", ["null", "on", "a: b", "c, d", "x\n", "#", "ü 右", "3", "~"])
def test_offers_are_yaml_of_a_spec(name):
    quoted = json.dumps(name, ensure_ascii=False)
    still, whole, huge = (f'{{attribute: {{name: {quoted[:-1]}{i}"}}}}' for i in "swh")
    spec = "{rigjit: 1, controllers: [{name: c, transformations: [rotation3d: "
    spec += f"{{angle_unit: radians}}, {still}, {whole}, {huge}]}}]}}"
    rig = rigjit.loads(spec, cache=False)
    values = np.zeros((20, 6), np.float32)
    values[:, 3], values[:, 4], values[:, 5] = 2.5, np.arange(20) % 4, 3e38 * (np.arange(20) % 2)
    for turns in (0, 1):
        values[:, 0] = turns * np.sin(np.arange(20))
        found = stats.Statistics(rig)
        found.add(values)
        offers = [line for each in stats.find(found) for line in each.offer.split("\n") if line]
        kinds = {line.partition(":")[0] for line in offers}
        assert kinds == {"attribute", "constant", *["rotation1d"] * turns}
        items = "".join(f"\n      - {line}" for line in offers)
        rigjit.loads(f"{HEAD}{items}\n", cache=False)
        assert turns == 0 or "rotation1d: {axis: x, angle_unit: radians}" in offers
