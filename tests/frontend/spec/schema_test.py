"""The JSON Schema of the format against the good specs and the bad ones."""

import json
import re
from pathlib import Path
from typing import ClassVar

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "frontend" / "spec" / "rigjit.schema.json").read_text(encoding="utf-8"))
SHAPE_MARKER = re.compile(r"# error(?:-at \d+:\d+)?: [a-z0-9-]+ \(shape\)")


class CoreLoader(yaml.SafeLoader):
    """Plain scalars by YAML 1.2's core schema, as editors read them: PyYAML's own rules take
    `no` for a boolean, `12:30` for 750 and `1e3` for text."""

    yaml_implicit_resolvers: ClassVar[dict] = {}


def resolve(tag: str, pattern: str, first: str) -> None:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


resolve("null", r"^(?:~|null|Null|NULL|)$", "~nN")
CoreLoader.yaml_implicit_resolvers.setdefault("", []).append(
    ("tag:yaml.org,2002:null", re.compile(r"^$"))
)
resolve("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
resolve("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789")
resolve(
    "float",
    r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
    "-+.0123456789",
)


def load(path: Path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=CoreLoader)


def stems(paths):
    return [path.stem for path in paths]


CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
SHAPE_MISTAKES = [
    path
    for path in sorted((ROOT / "tests" / "bad_specs").glob("*.yaml"))
    if SHAPE_MARKER.search(path.read_bytes().decode("utf-8", "replace"))
]


@pytest.fixture(scope="module")
def validator():
    return jsonschema.Draft7Validator(SCHEMA)


def test_schema_is_draft_7():
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_there_are_specs():
    assert CONFIGS
    assert len(SHAPE_MISTAKES) > 100


@pytest.mark.parametrize("path", CONFIGS, ids=stems(CONFIGS))
def test_config_is_valid(validator, path):
    assert [error.message for error in validator.iter_errors(load(path))] == []


@pytest.mark.parametrize("path", SHAPE_MISTAKES, ids=stems(SHAPE_MISTAKES))
def test_mistake_of_shape_is_rejected(validator, path):
    assert not validator.is_valid(load(path))


def test_every_key_is_described(validator):
    def check(name, schema):
        assert "description" in schema or "$ref" in schema or name.startswith("x-"), name
        for key, value in schema.get("properties", {}).items():
            check(f"{name}.{key}", value)

    check("$", SCHEMA)
    for name, schema in SCHEMA["definitions"].items():
        check(name, schema)
