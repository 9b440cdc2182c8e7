"""A spec's YAML as it is written: read, changed in places, and written with all else kept."""

from __future__ import annotations

import io
import os
import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import PlainScalarString, ScalarString

from rigjit._errors import RigError
from rigjit._rigjit import Error

MAX_BASES = 16


class _TextResolver(VersionedResolver):  # type: ignore[misc, unused-ignore]
    """Every plain scalar is text, so that 0.50, 1e-3 and a controller called 1_000 stay so."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is ScalarNode and implicit[0] and value not in ("", "~", "null", "Null", "NULL"):
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)


class SpecFile:
    """One file; `data` is its tree, of ruamel.yaml's CommentedMap, CommentedSeq and text."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self._yaml = YAML()
        self._yaml.Resolver = _TextResolver
        self._yaml.preserve_quotes = True
        self._yaml.width = 1 << 30
        offset = _dash_offset(text)
        self._yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
        try:
            self.data: Any = self._yaml.load(text)
        except YAMLError as error:
            raise RigError([Error("not-yaml", str(error), file=path)]) from None
        _keep_anchors(self.data)

    @classmethod
    def read(cls, path: str) -> SpecFile:
        with open(path, encoding="utf-8-sig") as file:
            return cls(path, file.read())

    def text(self) -> str:
        stream = io.StringIO()
        self._yaml.dump(self.data, stream)
        return stream.getvalue()


def _dash_offset(text: str) -> int:
    """How far the dashes of `controllers` are indented."""
    found = re.search(r"^controllers:[^\n]*\n(?:[ ]*(?:#[^\n]*)?\n)*([ ]*)-", text, re.MULTILINE)
    return len(found[1]) if found else 2


def _keep_anchors(node: Any) -> None:
    """Anchors are written again also where no alias is left."""
    if anchor_of(node):
        node.anchor.always_dump = True
    if isinstance(node, (CommentedMap, CommentedSeq)):
        for each in node.values() if isinstance(node, CommentedMap) else node:
            _keep_anchors(each)


def chain(path: str) -> list[SpecFile]:
    """The file and its bases, the last base first. The spec has been loaded without a mistake."""
    files = [SpecFile.read(path)]
    while (base := files[0].data.get("base")) is not None and len(files) <= MAX_BASES:
        files.insert(0, SpecFile.read(os.path.join(os.path.dirname(files[0].path), base)))
    return files


def flow(values: list[str]) -> CommentedSeq:
    """[a, b, c] on one line."""
    sequence = CommentedSeq(values)
    sequence.fa.set_flow_style()
    return sequence


def copy_of(node: Any) -> Any:
    """A copy without anchors and comments, of which nothing is shared."""
    if isinstance(node, CommentedMap):
        result: Any = CommentedMap((key, copy_of(value)) for key, value in node.items())
    elif isinstance(node, CommentedSeq):
        result = CommentedSeq(copy_of(each) for each in node)
    elif isinstance(node, ScalarString) and not isinstance(node, PlainScalarString):
        return type(node)(str(node))  # with its quotes
    else:
        return node if node is None else str(node)
    if node.fa.flow_style():
        result.fa.set_flow_style()
    return result


def anchor_of(node: Any) -> str:
    """The name of its anchor, "" without one."""
    anchor = getattr(node, "anchor", None)
    return str(anchor.value) if anchor is not None and anchor.value else ""
