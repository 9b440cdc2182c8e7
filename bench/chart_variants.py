"""Every way to evaluate a rig that the chart compares, as a statement that is timed."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray
from peers import crate, numpy_rig, python_rig
from peers.rig_spec import Rig

import rigjit

BATCH_FRAMES = 1000
BATCH_BYTES = 1 << 28

PYTHON = "Python"
RUST = "Rust that reads the rig's spec"
GENERATED = "Rust generated for this rig, and rebuilt for the next"
ARRAYS = "NumPy and Numba that patch a template of the message"
RIGJIT = "rigjit"
FLOOR = "The floor: what a call that returns as many bytes costs"
GROUPS = [PYTHON, RUST, GENERATED, ARRAYS, RIGJIT, FLOOR]

Pose = dict[str, dict[str, float]]
Values = NDArray[np.float64]


@dataclass
class Variant:
    """`statement` uses `names` and the inputs' `vec` and `vecs`; `read` turns its result into a
    pose or into an array of all values. A call gives so many `frames`."""

    key: str
    group: str
    label: str
    statement: str
    names: dict[str, Any]
    read: Callable[[Any], Pose | NDArray[np.float32]]
    frames: int = 1


@dataclass
class Inputs:
    """Arrays that every variant reads; `use` fills them."""

    vec: NDArray[np.float32]
    vecs: NDArray[np.float32]

    def more_vectors(self, count: int) -> NDArray[np.float32]:
        """(count, inputs), random and the same at every call."""
        shape = (count, len(self.vec))
        return np.random.default_rng(2).normal(size=shape).astype(np.float32)

    def use(self, vec: NDArray[np.float32]) -> None:
        self.vec[:] = vec
        self.vecs[:] = vec


@dataclass
class Variants:
    """Those that can run here, and why the others cannot."""

    made: list[Variant] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(
        self, key: str, group: str, label: str, call: Any, read: Callable[[Any], Any], **names: Any
    ) -> None:
        statement = names.pop("statement", "call(vec)")
        frames = names.pop("frames", 1)
        names["call"] = call
        self.made.append(Variant(key, group, label, statement, names, read, frames))


def make_inputs(size: int, message_size: int, seed: int = 1) -> Inputs:
    """Random vectors, and as many of them as BATCH_BYTES of messages allow."""
    frames = max(1, min(BATCH_FRAMES, BATCH_BYTES // message_size))
    vecs = np.random.default_rng(seed).normal(size=(frames, size)).astype(np.float32)
    return Inputs(vecs[0].copy(), vecs)


def same(result: Any) -> Any:
    return result


def add_python(variants: Variants, rig: Rig) -> None:
    variants.add("python", PYTHON, "dict", python_rig.to_dict(rig), same)
    variants.add("python_json", PYTHON, "JSON, json.dumps", python_rig.to_json(rig), json.loads)


def add_rust(variants: Variants, rig: Rig, message: bytes) -> None:
    if crate.cargo_version() is None:
        variants.missing.append("Rust and the floor: no cargo here")
        return
    try:
        module = crate.build_all(rig)
    except crate.CannotBuildError as error:
        variants.missing.append(f"Rust and the floor: {error}")
        return
    add_interpreted(variants, crate.interpreter(module, rig))
    add_generated(variants, module)
    label = "MessagePack copied, fastcall in C"
    variants.add("floor", FLOOR, label, module.floor(message), msgpack.unpackb)


def add_interpreted(variants: Variants, interpreter: Any) -> None:
    variants.add("rust_hash_map", RUST, "dict from HashMap", interpreter.hash_map, same)
    variants.add("rust_json", RUST, "JSON from HashMap, serde_json", interpreter.json, json.loads)
    variants.add("rust_py_dict", RUST, "dict by PyDict", interpreter.py_dict, same)


def add_generated(variants: Variants, module: ModuleType) -> None:
    for key, label, read in [
        ("generated_hash_map", "dict from HashMap", same),
        ("generated_py_dict", "dict by PyDict", same),
        ("generated_json", "JSON from HashMap, serde_json", json.loads),
        ("interned_py_dict", "dict by PyDict, interned keys", same),
        ("direct_json", "JSON written directly, fmt", json.loads),
        ("direct_json_ryu", "JSON written directly, ryu", json.loads),
        ("direct_messagepack", "MessagePack written directly", msgpack.unpackb),
        ("messagepack_rmp", "MessagePack by rmp", msgpack.unpackb),
        ("messagepack_in_place", "MessagePack in place, unsafe", msgpack.unpackb),
    ]:
        variants.add(key, GENERATED, label, getattr(module, key), read)


def add_arrays(variants: Variants, rig: Rig) -> None:
    unpack = msgpack.unpackb
    variants.add("numpy", ARRAYS, "MessagePack, NumPy", numpy_rig.to_message(rig), unpack)
    try:
        numba_rig = importlib.import_module("peers.numba_rig")
    except ImportError as error:
        variants.missing.append(f"Numba: {error}")
        return
    variants.add("numba", ARRAYS, "MessagePack, Numba", numba_rig.to_message(rig), unpack)


def add_rigjit(variants: Variants, rig: rigjit.Rig, inputs: Inputs) -> None:
    values = np.empty(len(rig.channels), np.float32)
    out = np.empty((len(inputs.vecs), rig.msgpack_size), np.uint8)
    for method, label, read in [
        ("vec_to_dict", "dict, vec_to_dict", same),
        ("vec_to_json", "JSON, vec_to_json", json.loads),
        ("vec_to_rig", "MessagePack, vec_to_rig", msgpack.unpackb),
    ]:
        if hasattr(rig, method):
            variants.add(method, RIGJIT, label, getattr(rig, method), read)
        else:
            variants.missing.append(f"{method}: this rigjit has no such method")
    buffer = bytearray(rig.msgpack_size)
    variants.add(
        "out",
        RIGJIT,
        "MessagePack, vec_to_rig, out=",
        rig.vec_to_rig,
        msgpack.unpackb,
        statement="call(vec, out=buffer)",
        buffer=buffer,
    )
    variants.add(
        "batch",
        RIGJIT,
        "MessagePack, a frame of a batch",
        rig.vec_to_rig_batch,
        lambda messages: msgpack.unpackb(messages[-1].tobytes()),
        statement="call(vecs, out=out)",
        frames=len(inputs.vecs),
        out=out,
    )
    variants.add(
        "values",
        RIGJIT,
        "float32 array, vec_to_values",
        rig.vec_to_values,
        same,
        statement="call(vec, out=values)",
        values=values,
    )


def make(spec: Rig, rig: rigjit.Rig, inputs: Inputs, rust: bool) -> Variants:
    variants = Variants()
    add_python(variants, spec)
    if rust:
        add_rust(variants, spec, rig.vec_to_rig(inputs.vec))
    add_arrays(variants, spec)
    add_rigjit(variants, rig, inputs)
    return variants


def values_of(variant: Variant, inputs: Inputs, channels: list[tuple[str, str]]) -> Values:
    """What a variant gives for the inputs, in the order of the channels; raises if names differ."""
    names = {**variant.names, "vec": inputs.vec, "vecs": inputs.vecs}
    result = variant.read(eval(variant.statement, names))
    if isinstance(result, np.ndarray):
        return result.astype(np.float64)
    found = {(name, key) for name, attributes in result.items() for key in attributes}
    if found != set(channels):
        raise ValueError(f"{variant.key}: other names than the spec's")
    # JSON's digits are those of a float32, which others give as the float64 of the same value.
    values = np.array([result[name][key] for name, key in channels], np.float32)
    return values.astype(np.float64)
