"""Numbers that give no pose: never bytes that look fine, always the culprit's name."""

import re

import numpy as np
import oracle
import pytest
import targets
import vectors

import rigjit

SPEC = """
rigjit: 1
defaults: {rot6d: rows}
controllers:
  - name: main
    transformations:
      - translation: {axes: xyz, scale: 25}
      - scale: {axes: y, scale: 0.5, center: 1}
      - attribute: {name: roll, scale: -3.0e+20, center: 1}
  - name: elbow
    transformations:
      - rotation1d: {axis: y}
      - constant: {name: IK_FK, value: 1}
  - name: head
    transformations:
      - rotation3d: {rotate_order: zxy}
  - name: eye
    transformations:
      - rotation3d: {output: quaternion, rot6d: columns}
      - rotation1d: {axis: z, order: cos_sin}
"""

PARSED = oracle.read(SPEC)
NAN, INF = np.nan, np.inf
PARALLEL = [1, 2, 3, -2, -4, -6]


def first_input(controller: str, kind: str) -> int:
    return PARSED.inputs.index(next(i for i in PARSED.inputs if i[:2] == (controller, kind)))


HEAD = first_input("head", "rotation3d")
EYE = first_input("eye", "rotation3d")
ELBOW = first_input("elbow", "rotation1d")
EYE_ROLL = first_input("eye", "rotation1d")

# (what is written into a good vector, code, controller, one of its attributes)
TABLE = {
    "largest translation": ({0: 3e38}, "overflow", "main", "translateX"),
    "largest translation, negative": ({2: -3e38}, "overflow", "main", "translateZ"),
    "attribute of a large scale": ({4: 1e19}, "overflow", "main", "roll"),
    "both zero": ({ELBOW: 0, ELBOW + 1: 0}, "zero-angle", "elbow", "rotateY"),
    "both negative zero": ({ELBOW: -0.0, ELBOW + 1: -0.0}, "zero-angle", "elbow", "rotateY"),
    "both zero, cosine first": ({EYE_ROLL: 0, EYE_ROLL + 1: 0}, "zero-angle", "eye", "rotateZ"),
    "first column": ({HEAD + i: 0 for i in range(3)}, "zero-column", "head", "rotate"),
    "second column": ({HEAD + i: 0 for i in range(3, 6)}, "zero-column", "head", "rotate"),
    "all six": ({EYE + i: 0 for i in range(6)}, "zero-column", "eye", "quaternion"),
    "parallel": (
        {HEAD + i: value for i, value in enumerate(PARALLEL)},
        "parallel-columns",
        "head",
        "rotate",
    ),
    "equal": ({EYE + i: 0.7 for i in range(6)}, "parallel-columns", "eye", "quaternion"),
    "sine 4e-7": (
        {EYE + i: value for i, value in enumerate([1, 0, 0, 1, 4e-7, 0])},
        "parallel-columns",
        "eye",
        "quaternion",
    ),
    "parallel and tiny": (
        # Multiples of the smallest float32, or rounding makes them anything but parallel.
        {HEAD + i: value * 2.0**-149 for i, value in enumerate([10, 20, 30, -20, -40, -60])},
        "parallel-columns",
        "head",
        "rotate",
    ),
    "parallel and huge": (
        {EYE + i: value * 1e37 for i, value in enumerate([10, 20, 30, 5, 10, 15])},
        "parallel-columns",
        "eye",
        "quaternion",
    ),
}


def written_by(controller: str, kind: str, component: str) -> str:
    """How the attributes begin that an input of SPEC is for."""
    if kind == "rotation3d":
        return "quaternion" if controller == "eye" else "rotate"
    if kind == "rotation1d":
        return "rotateY" if controller == "elbow" else "rotateZ"
    prefix = {"translation": "translate", "scale": "scale"}
    return component if kind == "attribute" else prefix[kind] + component.upper()


for index, element in enumerate(PARSED.inputs):
    for number in (NAN, INF, -INF):
        case = ({index: number}, "not-finite", element[0], written_by(*element))
        TABLE[f"{number} at {index}"] = case


@pytest.fixture(scope="module", params=targets.RUNNABLE)
def rig(request):
    return rigjit.loads(SPEC, target=request.param, cache=False)


@pytest.fixture
def vec():
    return vectors.make(PARSED, 21, 1)[0].clip(-1e3, 1e3)


def every_form(rig, vec):
    yield lambda: rig.vec_to_rig(vec)
    yield lambda: rig.vec_to_rig(vec, out=bytearray(rig.msgpack_size))
    yield lambda: rig.vec_to_values(vec)
    yield lambda: rig.vec_to_rig_batch(vec[None])
    yield lambda: rig.vec_to_values_batch(vec[None])


@pytest.mark.parametrize(("change", "code", "controller", "attribute"), TABLE.values(), ids=TABLE)
def test_names_the_culprit(rig, vec, change, code, controller, attribute):
    rig.vec_to_rig(vec)
    for index, number in change.items():
        vec[index] = number
    for form in every_form(rig, vec):
        with pytest.raises(rigjit.RigError) as caught:
            form()
        (error,) = caught.value.errors
        assert error.code == code
        assert controller in error.message
        assert attribute in error.message
        index = int(re.findall(r"\[(\d+)\]", error.path)[-1])
        assert PARSED.inputs[index] in elements_of(change)


def elements_of(change):
    """All inputs of the transformations that a change touches."""
    touched = {PARSED.inputs[index][:2] for index in change}
    kinds = {"rotation1d", "rotation3d"}  # the others have a value for each input
    exact = {PARSED.inputs[index] for index in change if PARSED.inputs[index][1] not in kinds}
    return exact | {i for i in PARSED.inputs if i[:2] in touched and i[1] in kinds}


def test_several_bad_numbers_are_all_refused(rig, vec):
    vec[0] = NAN
    vec[HEAD : HEAD + 6] = 0
    with pytest.raises(rigjit.RigError) as caught:
        rig.vec_to_rig(vec)
    assert caught.value.errors[0].code == "not-finite"
    assert "main" in str(caught.value)


@pytest.mark.parametrize("count", [1, 7, 8, 9, 15, 16, 17, 33])
def test_every_lane_is_watched(count):
    """One bad rotation, angle or value among many good ones, at each place."""
    lines = [
        f"  - {{name: c{i}, transformations: [rotation3d: {{}}, attribute: {{name: a}}]}}\n"
        f"  - {{name: d{i}, transformations: [rotation1d: {{axis: x}}]}}"
        for i in range(count)
    ]
    text = "rigjit: 1\ncontrollers:\n" + "\n".join(lines) + "\n"
    spec = oracle.read(text)
    rig = rigjit.loads(text, cache=False)
    good = vectors.make(spec, 22, 1)[0]
    for op in spec.operations:
        width = {oracle.RotationXyz: 6, oracle.Angle: 2}.get(type(op), 1)
        vec = good.copy()
        vec[op.input : op.input + width] = 0 if width > 1 else NAN
        for convert in (rig.vec_to_rig, rig.vec_to_values):
            with pytest.raises(rigjit.RigError, match=rf"\b{op.controller}\b"):
                convert(vec)


def test_batch_names_the_frame(rig):
    vecs = vectors.make(PARSED, 23, 9).clip(-1e3, 1e3)
    vecs[6, HEAD] = NAN
    for convert in (rig.vec_to_rig_batch, rig.vec_to_values_batch):
        with pytest.raises(rigjit.RigError) as caught:
            convert(vecs)
        (error,) = caught.value.errors
        assert error.code == "not-finite"
        assert "head" in error.message
        assert re.search(r"\b6\b", error.message)
        assert "[6]" in error.path


def test_mask_keeps_the_good_frames(rig):
    vecs = vectors.make(PARSED, 24, 40).clip(-1e3, 1e3)
    bad = [0, 3, 17, 39]
    vecs[0, 0] = NAN
    vecs[3, HEAD : HEAD + 3] = 0
    vecs[17, ELBOW : ELBOW + 2] = 0
    vecs[39, 0] = 3e38
    messages, good = rig.vec_to_rig_batch(vecs, errors="mask")
    values, also_good = rig.vec_to_values_batch(vecs, errors="mask")
    assert good.dtype == also_good.dtype == np.bool_
    assert np.flatnonzero(~good).tolist() == np.flatnonzero(~also_good).tolist() == bad
    assert not messages[bad].any()
    for frame in np.flatnonzero(good):
        assert messages[frame].tobytes() == rig.vec_to_rig(vecs[frame])
        assert values[frame].tobytes() == rig.vec_to_values(vecs[frame]).tobytes()


def test_mask_of_good_frames_is_all_true(rig):
    vecs = vectors.make(PARSED, 25, 3).clip(-1e3, 1e3)
    messages, good = rig.vec_to_rig_batch(vecs, errors="mask")
    assert good.all()
    assert messages.tobytes() == rig.vec_to_rig_batch(vecs).tobytes()
