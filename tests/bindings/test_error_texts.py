"""What errors say: printable and bounded, whatever names and however many mistakes there are."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

import rigjit

# What a terminal or a log would be misled by, as far as a spec's names may hold it.
NAME = "a\x1b[31m\x7f\x07\u009b2J"
# And what a reader would be misled by.
EVIL = NAME + "\u202e\u200b\u2028\ufeff"


def quoted(name):
    return json.dumps(name)


def evil_spec(limits=""):
    return (
        f"rigjit: 1\nname: {quoted(NAME)}\ncontrollers:\n  - name: {quoted(NAME)}\n"
        "    transformations:\n"
        f"      - attribute: {{name: {quoted(NAME + 'x')}, type: float{limits}}}\n"
        f"      - attribute: {{name: {quoted(NAME + 'e')}, type: enum,\n"
        f"                     names: [{quoted(NAME)}, b]}}\n"
    )


def errors_of(call):
    with pytest.raises(rigjit.RigError) as caught:
        call()
    return caught.value


def assert_printable(error):
    for line in str(error).splitlines():
        assert line.isprintable(), line
    assert repr(error).isprintable()
    for one in error.errors:
        assert one.message.isprintable(), one.message
        assert (one.path or "").isprintable(), one.path


def test_messages_are_printable():
    rig = rigjit.loads(evil_spec(", min: 0, max: 1, limit: error"), cache=False)
    values = np.array([np.nan, 7], np.float32)
    calls = [
        lambda: rig.vec_to_rig(np.array([np.nan, 0], np.float32)),
        lambda: rig.vec_to_rig(np.array([2, 0], np.float32)),
        lambda: rig.vec_to_values_batch(np.array([[0, 0], [2, 9]], np.float32)),
        lambda: rig.values_to_vec(values),
        lambda: rig.rig_to_vec({NAME: {}}),
        lambda: rig.rig_to_vec({NAME: {NAME + "x": 0.5, NAME + "e": EVIL}}),
        lambda: rig.rig_to_vec({NAME: EVIL}),
        lambda: rig.rig_to_vec({EVIL + "2": {EVIL: 1}}, extra="error"),
        lambda: rig.rig_to_vec(json.dumps({NAME: {NAME + "x": 0.5, NAME + "e": 99}})),
        lambda: rig.ir(controller=EVIL + "?"),
        lambda: rigjit.loads(evil_spec(f", {quoted(EVIL)}: 1")),
        lambda: rigjit.loads(evil_spec(f", min: {quoted(EVIL)}")),
        lambda: rigjit.loads(evil_spec() + evil_spec()[evil_spec().index("  - name") :]),
        lambda: rigjit.loads(evil_spec().replace(quoted(NAME), quoted(EVIL))),
        lambda: rigjit.loads(evil_spec(), target=EVIL),
        lambda: rigjit.loads(evil_spec(), namespace=":" + EVIL),
        lambda: rigjit.loads(f"rigjit: 1\nname: n\nbase: {quoted('/' + EVIL)}\n"),
    ]
    for call in calls:
        assert_printable(errors_of(call))


def test_texts_about_a_rig_are_printable():
    old = rigjit.loads(evil_spec(), cache=False)
    new = rigjit.loads(evil_spec(", scale: 2"), cache=False)
    for text in (old.plan(), str(rigjit.diff(old, new))):
        assert all(line.isprintable() for line in text.splitlines())


def test_an_error_of_many_mistakes_is_short():
    spec = "rigjit: 1\nname: wide\ncontrollers:\n" + "".join(
        f"  - {{name: c{i}, transformations: [translation: {{axes: xyz}}]}}\n" for i in range(500)
    )
    rig = rigjit.loads(spec, cache=False)
    error = errors_of(lambda: rig.vec_to_rig(np.full(1500, np.nan, np.float32)))
    assert len(error.errors) == 1500
    lines = str(error).splitlines()
    assert lines[:20] == [str(one) for one in error.errors[:20]]
    assert lines[20:] == ["and 1480 more errors"]
    assert len(repr(error)) < 300
    again = pickle.loads(pickle.dumps(error))
    assert again.errors == error.errors
    assert str(rigjit.RigError(error.errors[:21])).endswith("\nand 1 more error")
    assert str(rigjit.RigError(error.errors[:20])).count("\n") == 19


def test_an_error_of_long_names_is_short():
    name = "n" * 60_000
    rig = rigjit.loads(
        f"{{rigjit: 1, controllers: [{{name: {name},"
        " transformations: [translation: {axes: x}]}]}",
        cache=False,
    )
    error = errors_of(lambda: rig.vec_to_rig(np.array([np.nan], np.float32)))
    assert len(str(error)) < 2000
    assert name in error.errors[0].message
