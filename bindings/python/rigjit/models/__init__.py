"""Which rig a network's file was made for: written into its metadata, and read again.

A model is an ONNX file, a safetensors file or an archive of torch (torch.save since torch 1.6,
torch.jit.save, torch.export.save). Its bytes say which: names do not matter. No package of these
formats is needed, nothing is unpickled, and all but ONNX is copied in parts, whatever its size.

>>> rigjit.models.stamp("pose.pt", rig)
>>> assert rigjit.models.read_stamp("pose.pt").rig_hash == rig.hash
>>> safetensors.torch.save_file(model.state_dict(), path, metadata=rigjit.models.metadata(rig))
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
from typing import TYPE_CHECKING, NamedTuple

import rigjit
from rigjit._publish import publish
from rigjit._resolved import resolved
from rigjit.models._formats import format_of
from rigjit.models._source import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from rigjit import Rig

__all__ = ["Stamp", "metadata", "read_stamp", "stamp"]

_KEYS = ("rigjit.rig_hash", "rigjit.vec_size", "rigjit.spec")


class Stamp(NamedTuple):
    """What a file says of its rig; None where it does not. spec: YAML without bases."""

    rig_hash: str | None
    vec_size: int | None
    spec: str | None


def metadata(rig: Rig | str | PathLike[str]) -> dict[str, str]:
    """A stamp as a saving call takes it: rigjit.rig_hash, rigjit.vec_size and rigjit.spec.

    It is `metadata` of `safetensors.torch.save_file`, `_extra_files` of `torch.jit.save` and
    `extra_files` of `torch.export.save`. rig: a Rig, or the path of its spec. RigError for a bad
    spec, ValueError where a base has changed since the rig was loaded, OSError for files.
    """
    if not isinstance(rig, rigjit.Rig):
        rig = rigjit.load(rig)
    return dict(zip(_KEYS, (rig.hash, str(rig.vec_size), resolved(rig)), strict=True))


def stamp(
    model: str | PathLike[str],
    rig: Rig | str | PathLike[str],
    output: str | PathLike[str] | None = None,
) -> None:
    """Write what `metadata` says of a rig into a model, or into a copy of it, `output`.

    A stamp that is there is replaced; weights and all else that the file says stay as they are.
    The file appears whole: the old one is there until the new one is. ValueError where it is no
    model or a damaged one, else as `metadata`.
    """
    values = metadata(rig)
    with open(model, "rb") as file, _named(model):
        parts = format_of(file).stamped(file, values)
        publish(os.fspath(model if output is None else output), parts)


def read_stamp(model: str | PathLike[str]) -> Stamp:
    """The stamp of a model; ValueError where it is none, OSError where it cannot be read."""
    with open(model, "rb") as file, _named(model):
        found = format_of(file).read(file, _KEYS)
    rig_hash, size, spec = map(found.get, _KEYS)
    return Stamp(rig_hash, int(size) if size and size.isdecimal() else None, spec)


@contextlib.contextmanager
def _named(model: str | PathLike[str]) -> Iterator[None]:
    """Errors of a format say the file's name."""
    try:
        yield
    except io.UnsupportedOperation:
        raise OSError(errno.ESPIPE, "a model is read from a regular file", model) from None
    except MalformedError as error:
        raise ValueError(f"{os.fspath(model)}: {error}") from error
