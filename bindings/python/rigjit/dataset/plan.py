"""Which clips go into which shard: by names and sizes alone, so that all builders find the same."""

from __future__ import annotations

import hashlib
import itertools
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import rigjit
from rigjit.dataset.options import FORMATS, SPLITS
from rigjit.inputs._paths import printable
from rigjit.inputs._stores import is_url, store_errors, url_filesystem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rigjit import Rig
    from rigjit.dataset.options import Options

# What shard_file gives, as a regular expression.
SHARD_FILE = rf"(?:(?:{'|'.join(SPLITS)})/)?part-\d{{5,}}\.(?:{'|'.join(FORMATS)})"

_MAX_CLIPS = 4096  # of a shard


@dataclass(frozen=True)
class Clip:
    """One input. name: as the column has it. size: bytes."""

    name: str
    path: str
    size: int


@dataclass(frozen=True)
class Shard:
    """One file of a data set and what it is made of."""

    file: str
    split: str | None
    clips: tuple[Clip, ...]

    @property
    def size(self) -> int:
        """Bytes of input."""
        return sum(clip.size for clip in self.clips)


@dataclass(frozen=True)
class Plan:
    """The whole work. head: what the manifest says first, and by which data sets are told apart."""

    shards: tuple[Shard, ...]
    head: dict[str, Any]


def make_plan(rig: Rig, options: Options, inputs: Iterable[tuple[str, str]]) -> Plan:
    """The shards of (path, name) of every input.

    RigError where there is none, or where two have one name, with all of them.
    """
    clips = sorted(
        (Clip(name, path, _size(path)) for path, name in inputs),
        key=lambda clip: clip.name.encode(),
    )
    _check_names(clips)
    shards: list[Shard] = []
    for split, some in _split(clips, options):
        for group in _groups(some, options.shard_size):
            number = sum(shard.split == split for shard in shards)
            file = shard_file(split, number, options.format)
            shards.append(Shard(file, split, tuple(group)))
    head = {
        "format": "rigjit.dataset",
        "version": 1,
        "rig": {
            "name": rig.name,
            "hash": rig.hash,
            "vec_size": rig.vec_size,
            "namespace": rig.namespace or None,  # without it poses are none of the rig's
        },
        "options": options.to_json(),
    }
    return Plan(tuple(shards), head)


def shard_file(split: str | None, number: int, form: str) -> str:
    """The name of a shard in its data set."""
    folder = "" if split is None else f"{split}/"
    return f"{folder}part-{number:05d}.{form}"


def _split(clips: Sequence[Clip], options: Options) -> list[tuple[str | None, list[Clip]]]:
    """A clip is for training by its name and the seed; where there are two, each side has one."""
    if options.split is None:
        return [(None, list(clips))]

    def draw(clip: Clip) -> bytes:
        return hashlib.sha256(f"{options.seed}:{clip.name}".encode()).digest()

    count = round(options.split * len(clips))
    if len(clips) > 1:
        count = min(max(count, 1), len(clips) - 1)
    chosen = {clip.name for clip in sorted(clips, key=draw)[:count]}
    return [
        (SPLITS[0], [clip for clip in clips if clip.name in chosen]),
        (SPLITS[1], [clip for clip in clips if clip.name not in chosen]),
    ]


def _groups(clips: Sequence[Clip], size: int) -> Iterable[list[Clip]]:
    group: list[Clip] = []
    held = 0
    for clip in clips:
        if group and (held + clip.size > size or len(group) == _MAX_CLIPS):
            yield group
            group, held = [], 0
        group.append(clip)
        held += clip.size
    if group:
        yield group


def _check_names(clips: Sequence[Clip]) -> None:
    if not clips:
        raise rigjit.RigError([rigjit.Error("no-inputs", "no input: no file is named so")])
    mistakes = [
        rigjit.Error(
            "duplicate-clip",
            f"{printable(before.path)} and {printable(clip.path)} would both be the clip "
            f"{clip.name!r}; {_advice(before.path, clip.path)}",
        )
        for before, clip in itertools.pairwise(clips)
        if before.name == clip.name
    ]
    if mistakes:
        raise rigjit.RigError(mistakes)


def _advice(before: str, after: str) -> str:
    if os.path.splitext(before)[0] == os.path.splitext(after)[0]:
        return "only their extensions differ: rename one, or leave it out"
    if is_url(before) or is_url(after):
        return "rename one, or leave it out"
    return "name their common folder instead, or leave one out"


def _size(path: str) -> int:
    """0 for what cannot be asked: it is an error when it is read."""
    try:
        if is_url(path):
            files, place = url_filesystem(path)
            with store_errors():
                return int(files.size(place) or 0)
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0
