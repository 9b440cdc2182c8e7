"""Several directories of cached code: all are searched, only the last is written to."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_spec import SPEC

import rigjit

OTHER = SPEC.replace("scale: 25", "scale: 26")
PROGRAMS = 3  # that use() needs


def use(rig: rigjit.Rig) -> bytes:
    """Have every program of the rig that is not for streams."""
    message = rig.vec_to_rig(rig.rest_vec)
    rig.values_to_vec(rig.vec_to_values(rig.rest_vec))
    return message


def load_anew(cache_dir: object, spec: str = SPEC) -> rigjit.Rig:
    """As another process would: no rig of this one is shared."""
    rigjit.forget_loaded_rigs()
    return rigjit.loads(spec, cache_dir=str(cache_dir))


def content(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def code_files(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.code"))


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """What a farm has compiled beforehand."""
    use(load_anew(tmp_path / "shared"))
    assert len(code_files(tmp_path / "shared")) == PROGRAMS
    return tmp_path / "shared"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own"


def test_what_is_shared_is_found(shared, own):
    before = content(shared)
    rig = load_anew(f"{shared}:{own}")
    assert (rig.origin, rig.cache_note) == ("cached", "")
    assert use(rig) == use(rigjit.loads(SPEC, cache=False))
    assert not own.exists()
    assert content(shared) == before


def test_what_is_missing_goes_to_the_last(shared, own, tmp_path):
    before = content(shared)
    layers = f"{shared}:{tmp_path / 'missing'}:{own}"
    rig = load_anew(layers, OTHER)
    assert rig.origin == "compiled"
    use(rig)
    assert content(shared) == before
    assert not (tmp_path / "missing").exists()
    assert len(code_files(own)) == PROGRAMS
    assert load_anew(layers, OTHER).origin == "cached"
    assert load_anew(shared, OTHER).origin == "compiled"


def test_one_missing_program(shared, own):
    (vector,) = shared.glob("*-vector-*.code")
    vector.unlink()
    rig = load_anew(f"{shared}:{own}")
    assert rig.origin == "cached"
    use(rig)
    assert [path.name for path in code_files(own)] == [vector.name]
    assert not vector.exists()


def test_damage_is_passed_over_and_left(shared, own):
    for path in code_files(shared):
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
    before = content(shared)
    rig = load_anew(f"{shared}:{own}")
    assert rig.origin == "compiled"
    assert "checksum" in rig.cache_note
    use(rig)
    assert content(shared) == before
    assert load_anew(f"{shared}:{own}").origin == "cached"


def test_what_others_may_write_is_passed_over(shared, own):
    shared.chmod(0o777)
    for origin in ("compiled", "cached"):
        rig = load_anew(f"{shared}:{own}")
        assert rig.origin == origin
        assert "users other than its owner may write it" in rig.cache_note
        assert str(shared) in rig.cache_note


def test_nothing_is_kept_where_the_last_cannot_be_written(shared):
    layers = f"{shared}:/dev/null/cache"
    assert load_anew(layers).origin == "cached"
    rig = load_anew(layers, OTHER)
    assert rig.origin == "compiled"
    assert "/dev/null/cache" in rig.cache_note
    assert use(rig)


def test_from_the_environment(shared, own, monkeypatch):
    monkeypatch.setenv("RIGJIT_CACHE_DIR", f"{shared}:{own}")
    rigjit.forget_loaded_rigs()
    assert rigjit.loads(SPEC).origin == "cached"
    assert rigjit.loads(OTHER).origin == "compiled"
    assert len(code_files(own)) == 1
