"""Bytes that are no pose: an error each, no crash, and no more memory than they justify."""

from __future__ import annotations

import json
import random
import resource

import msgpack
import pytest

import rigjit

MALFORMED = {"malformed-messagepack", "malformed-json", "unknown-form", "wrong-type"}


@pytest.fixture(scope="module")
def pose(rig):
    return msgpack.unpackb(rig.vec_to_rig(rig.rest_vec))


def outcome(rig, data, **options) -> str:
    """The first error's code, or 'fine'."""
    try:
        rig.rig_to_vec(data, **options)
    except rigjit.RigError as error:
        return error.errors[0].code
    return "fine"


def test_every_truncation(rig, pose):
    for data in (msgpack.packb(pose), rig.vec_to_rig(rig.rest_vec), json.dumps(pose).encode()):
        assert outcome(rig, data) == "fine"
        for size in range(len(data)):
            assert outcome(rig, data[:size], missing="rest") in MALFORMED, size


def test_trailing_bytes(rig, pose):
    for data in (msgpack.packb(pose), rig.vec_to_rig(rig.rest_vec)):
        for behind in (b"\0", b"\xc1", b"\x80", data):
            assert outcome(rig, data + behind) == "malformed-messagepack"
    text = json.dumps(pose)
    assert outcome(rig, text + " \n\t") == "fine"
    for behind in ("x", "{}", ",", "}", text, "\0"):
        assert outcome(rig, text + behind) == "malformed-json"


def test_random_corruptions(rig, pose):
    rng = random.Random(12)
    for data in (msgpack.packb(pose), rig.vec_to_rig(rig.rest_vec), json.dumps(pose).encode()):
        codes = set()
        for _ in range(3000):
            bad = bytearray(data)
            for _ in range(rng.choice([1, 1, 2, 8])):
                bad[rng.randrange(len(bad))] = rng.randrange(256)
            codes.add(outcome(rig, bytes(bad), extra="error"))
        assert {"fine", "missing-channels"} <= codes
        assert codes & MALFORMED


def test_random_bytes(rig):
    rng = random.Random(13)
    for _ in range(2000):
        data = rng.randbytes(rng.randrange(40))
        assert outcome(rig, data) in MALFORMED | {"missing-channels"}
        assert outcome(rig, b"\x81" + data) in MALFORMED | {"missing-channels"}
        assert outcome(rig, b'{"' + data) in MALFORMED


@pytest.mark.parametrize(
    "data",
    [
        b"\xdf\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff\xa1a\x01",
        b"\x81\xdb\xff\xff\xff\xff",
        b"\x81\xa1a\xdd\xff\xff\xff\xff",
        b"\x81\xa1a\xc6\xff\xff\xff\xff",
        b"\x81\xa1a\xc9\xff\xff\xff\xff\x01",
        b"\xde\xff\xff" + b"\xa1a\x81\xa1b\xdf\xff\xff\xff\xff" * 3,
        b"\x81\xdf\xff\xff\xff\xff",
    ],
)
def test_headers_that_claim_gigabytes(rig, data):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert outcome(rig, data) == "malformed-messagepack"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


def test_a_name_repeated_a_million_times_is_one_error(rig):
    many = (1_000_000).to_bytes(4, "big")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for data, code in (
        (b"\x81\xa4head\xdf" + many + b"\xa6scaleX\x01" * 1_000_000, "duplicate-channel"),
        (b"\xdf" + many + b"\xa4head\x80" * 1_000_000, "duplicate-controller"),
    ):
        with pytest.raises(rigjit.RigError) as caught:
            rig.rig_to_vec(data, missing="rest")
        assert [error.code for error in caught.value.errors] == [code]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


@pytest.mark.parametrize("depth", [3, 62, 63, 64, 65, 1000, 1_000_000])
def test_deep_nesting(rig, pose, depth):
    packed = msgpack.packb(pose)
    deep = bytes([packed[0] + 1]) + packed[1:] + msgpack.packb("x")
    expected = {"fine"} if depth < 63 else {"malformed-messagepack"} if depth > 64 else None
    for opening in (b"\x91", b"\x81\xa1k", b"\x81"):
        closing = b"\xc0" if opening != b"\x81" else b"\xc0" * (depth + 1)
        code = outcome(rig, deep + opening * depth + closing)
        assert code in (expected or {"fine", "malformed-messagepack"})
    expected = {"fine"} if depth < 62 else {"malformed-json"} if depth > 64 else None
    text = json.dumps(pose)[:-1]
    for opening, closing in (("[", "]"), ('{"k":', "}")):
        code = outcome(rig, f'{text}, "x": {opening * depth}0{closing * depth}}}')
        assert code in (expected or {"fine", "malformed-json"})


@pytest.mark.parametrize(
    "text",
    [
        "[]", '"x"', "3", "null", "true", "{]", "{,}", '{"a"}', '{"a":}', "{a: 1}", "{'a': 1}",
        '{"a": [1,,2]}', '{"a": 01}', '{"a": 1.}', '{"a": .5}', '{"a": tru}', '{"a": "\\x"}',
        '{"a": "\ud800"}', '{"a": {"b": [}]}}', '{"a": 1 "b": 2}', '{"\\ud800": 1}', "\ufeff",
        '{"a": 1,}', '{"a": nul}', '{"a": +1}', "", " ",
    ],
)  # fmt: skip
def test_texts_that_are_no_json(rig, text):
    assert outcome(rig, text, missing="rest") in MALFORMED


def test_bytes_that_are_no_utf8(rig, pose):
    text = json.dumps(pose).encode()
    assert outcome(rig, text[:-1] + b', "\xff": 1}') == "malformed-json"
    assert outcome(rig, b"\xff\xfe" + text) == "unknown-form"


def test_text_is_never_messagepack(rig):
    assert outcome(rig, "\u07c0") == "malformed-json"  # its UTF-8 begins with df


def test_long_text(rig, pose):
    pose = pose | {f"extra{i}": {"a": i} for i in range(60_000)}
    assert outcome(rig, json.dumps(pose)) == "fine"
    assert outcome(rig, msgpack.packb(pose)) == "fine"
