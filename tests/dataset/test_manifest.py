"""A manifest that was edited, cut or emptied: wherever it is read, one error says what is wrong."""

from __future__ import annotations

import copy
import json

import pytest
from builds import contents, run, write_clip

import rigjit
from rigjit.dataset import DatasetError, build

OPTIONS = {"shard_size": 1, "split": 0.5, "windows": 2}
# What is compared with the options of a build, and means nothing to a reader.
FREE = {"format", "stride", "mirror", "fps", "default_fps", "seed", "shard_size", "kind"}
FREE |= {"missing", "namespace"}
NOT_JSON = [b"", b"{", b"[]", b"null", b"3", b"\xff", b"[" * 100_000]


@pytest.fixture(scope="module")
def built(tmp_path_factory, spec, rig):
    """The clips, the data set, and its manifest."""
    folder = tmp_path_factory.mktemp("built")
    for number in range(2):
        write_clip(folder / f"clips/{number}.safetensors", rig, 9, number)
    build(spec, [folder / "clips"], folder / "set", **OPTIONS)
    return folder / "clips", folder / "set", json.loads((folder / "set/manifest.json").read_bytes())


@pytest.fixture
def manifest(built):
    """Its path; it is as it was afterwards."""
    path = built[1] / "manifest.json"
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def places(value: object, before: tuple = ()):
    keys = value if isinstance(value, dict) else ()
    if isinstance(value, list):
        keys = range(len(value))
    for key in keys:
        yield (*before, key)
        yield from places(value[key], (*before, key))


def changed(manifest: dict, place: tuple, value: object) -> dict:
    found = copy.deepcopy(manifest)
    inner = found
    for key in place[:-1]:
        inner = inner[key]
    if value is KeyError:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return found


def use(directory, spec) -> None:
    data = rigjit.Dataset(directory, spec)
    assert len(list(data.batches(3))) * 3 >= len(data) > 0
    assert (data[0].shape, data.info(0).frame) == (data.shape, 0)
    rigjit.Dataset(directory, split="train")


def raised(read) -> Exception | None:
    try:
        read()
    except Exception as error:
        return error
    return None


def test_as_it_was(built, spec):
    use(built[1], spec)
    assert build(spec, [built[0]], built[1], **OPTIONS).built == 0


def test_every_key_without_or_with_another_value(built, manifest, spec):
    tried = 0
    for place in places(built[2]):
        for value in (KeyError, None, [], {}, "x", -1, 1.5, True, 10**30):
            wrong = changed(built[2], place, value)
            if wrong == built[2]:
                continue
            manifest.write_text(json.dumps(wrong))
            is_free = place[-1] in FREE
            for read in (
                lambda: use(built[1], spec),
                lambda: build(spec, [built[0]], built[1], **OPTIONS),
            ):
                tried += 1
                error = raised(read)
                if error is None:
                    # Names are free, what may be null may be, and a reader needs no clips.
                    assert is_free or "clips" in place or value in (None, "x"), place
                elif place == ("rig", "hash") and not isinstance(error, DatasetError):
                    assert error.errors[0].code == "rig-changed"
                else:
                    assert isinstance(error, DatasetError), (place, value)
                    assert str(built[1]) in str(error), (place, value)
                    assert "directory" in str(error) or "no split" in str(error), (place, value)
    assert tried > 500


@pytest.mark.parametrize(
    ("place", "value", "text"),
    [
        (("shards",), KeyError, "shards is missing"),
        (("shards", 1, "rows"), KeyError, "shards[1].rows is missing"),
        (("shards", 0, "rows"), -1, "shards[0].rows is -1, not a whole number 0 to"),
        (("shards", 0, "file"), "../part-00000.parquet", "not the name of a shard"),
        (("shards", 0, "clips", 0, "frames"), None, "shards[0].clips[0].frames is null"),
        (("shards", 0), KeyError, "and those of its shards are"),
        (("rig",), [], "rig is [], not an object"),
        (("version",), 2, "is of version 2, and 1 is known here"),
    ],
)
def test_what_is_said(built, manifest, spec, place, value, text):
    manifest.write_text(json.dumps(changed(built[2], place, value)))
    with pytest.raises(DatasetError) as caught:
        rigjit.Dataset(built[1])
    assert text in str(caught.value)
    assert str(caught.value).startswith(str(manifest))
    done = run(
        *(spec, built[0], "-o", built[1]), *("--shard-size", 1, "--split", 0.5, "--windows", 2)
    )
    assert done.returncode == 1
    assert done.stderr == f"rigjit dataset build: {caught.value}\n"


@pytest.mark.parametrize("data", NOT_JSON)
def test_what_is_no_json_or_no_object(built, manifest, spec, data):
    manifest.write_bytes(data)
    for read in (
        lambda: rigjit.Dataset(built[1]),
        lambda: build(spec, [built[0]], built[1], **OPTIONS),
    ):
        with pytest.raises(DatasetError, match=r"manifest\.json: (cannot be read|is not of)"):
            read()


def test_a_build_that_has_not_ended(built, spec, tmp_path):
    """Its plan is checked likewise, and a record that cannot be used is made again."""
    build(spec, [built[0]], tmp_path / "set", **OPTIONS)
    shards = built[2]["shards"]
    head = {key: built[2][key] for key in ("format", "version", "rig", "options")}
    clips = [[clip["clip"], clip["size"]] for shard in shards for clip in shard["clips"]]
    records = [*NOT_JSON, json.dumps(shards[1]).encode()]  # of another shard
    records += [
        json.dumps(changed(shards[0], place, value)).encode()
        for place in places(shards[0])
        for value in (KeyError, None, [], -1)
        if place[-1] not in ("fps", "split", "window", "rows") and place[-2:] != ("clips", 0)
    ]
    build_ = tmp_path / "set/.build"
    for record in records:
        (tmp_path / "set/manifest.json").unlink()
        build_.mkdir()
        (build_ / "plan.json").write_text(json.dumps({**head, "clips": clips}))
        (build_ / "train-part-00000.parquet.json").write_bytes(record)
        found = build(spec, [built[0]], tmp_path / "set", **OPTIONS)
        assert found.built == 2 or b"frames" in record, record
        assert contents(tmp_path / "set").keys() == contents(built[1]).keys()
    (tmp_path / "set/manifest.json").unlink()
    build_.mkdir()
    plan = {**head, "clips": clips}
    for place in (("rig",), ("options",), ("clips",), ("clips", 0), ("clips", 0, 1)):
        for value in (KeyError, None, [], {}, "x", -1):
            if (place, value) in ((("clips", 0), KeyError), (("clips",), [])):
                continue  # other inputs
            (build_ / "plan.json").write_text(json.dumps(changed(plan, place, value)))
            with pytest.raises(DatasetError, match=r"plan\.json: .*(clips|rig|options).*; remove"):
                build(spec, [built[0]], tmp_path / "set", **OPTIONS)
