"""An ONNX file as onnxruntime runs it, and whether its output is the vector of a rig."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import rigjit
from rigjit.serve.problems import shorten

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit import Rig

_OUTPUT_NAMES = ("vec", "vector")
_TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(int16)": np.int16,
    "tensor(int8)": np.int8,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
}


class ModelError(ValueError):
    """A model that cannot be served with its rig; its text says why and what mends it."""


@dataclass(frozen=True)
class ModelInput:
    """One input: shape as the file has it, -1 for an axis of any length."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]


class ModelFile:
    """A session, its inputs and the output that is the vector. Any thread may run it."""

    def __init__(self, path: str, session: Any, output: str, rig: Rig, stamp: Stamp) -> None:
        self.path = path
        self.rig = rig  # that it was checked with
        self.stamp = stamp
        self._session = session
        self._output = output
        self.inputs = [
            ModelInput(node.name, np.dtype(_TYPES[node.type]), _shape(node.shape))
            for node in session.get_inputs()
        ]
        # A first axis of any length, of all inputs and of the output.
        shapes = [each.shape for each in self.inputs] + [_shape(self._node().shape)]
        self.has_batch = all(shape and shape[0] == -1 for shape in shapes)
        self.can_batch = self.has_batch

    def run(self, inputs: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        """(n, vec_size) float32."""
        vecs = self._session.run([self._output], inputs)[0]
        if not isinstance(vecs, np.ndarray) or vecs.shape[-1:] != (self.rig.vec_size,):
            shape = getattr(vecs, "shape", type(vecs).__name__)
            raise ModelError(
                f"its output has shape {shape}, the rig takes (n, {self.rig.vec_size})"
            )
        return np.ascontiguousarray(vecs.reshape(-1, self.rig.vec_size), np.float32)

    def difference(self, rig: Rig) -> str:
        """What the rig has become since, as `rigjit diff` says it."""
        return shorten(str(rigjit.diff(self.rig, rig)))

    def check(self) -> None:
        """ModelError where the output's last dimension is known and not the rig's."""
        shape = _shape(self._node().shape)
        size = shape[-1] if shape else -1  # a file may say nothing of the shape either
        if size not in (-1, self.rig.vec_size):
            raise ModelError(
                f"{self.path}: its output {self._output!r} has a last dimension of {size}, the "
                f"rig {self.rig.name!r} takes vectors of {self.rig.vec_size}"
            )
        if self.stamp.rig_hash not in (None, self.rig.hash):
            raise ModelError(self._other_rig())
        if size == -1:
            self._try()

    def _node(self) -> Any:
        return next(node for node in self._session.get_outputs() if node.name == self._output)

    def _other_rig(self) -> str:
        text = (
            f"{self.path}: it was made for a rig with hash {self.stamp.rig_hash}, "
            f"{self.rig.name!r} has {self.rig.hash} now"
        )
        if self.stamp.spec:
            try:
                old = rigjit.loads(self.stamp.spec, cache=False)
                text += f"\n{shorten(str(rigjit.diff(old, self.rig)))}"
            except (ValueError, OSError):
                text += "; its stamp holds no spec that can be read"
        return (
            f"{text}\nput the spec back, train anew, or carry the last layer over by rigjit.remap;"
            " where only the stamp is old: rigjit stamp MODEL SPEC"
        )

    def _try(self) -> None:
        """An output of unknown size is found out by zeros."""
        zeros = {
            each.name: np.zeros([1 if axis == -1 else axis for axis in each.shape], each.dtype)
            for each in self.inputs
        }
        try:
            self.run(zeros)
        except ModelError as error:
            raise ModelError(f"{self.path}: {error}") from None
        except Exception as error:  # zeros need not be an input that it takes
            raise ModelError(
                f"{self.path}: the size of its output is not in the file, and a run on zeros "
                f"failed: {shorten(str(error))}"
            ) from error


def load_model(source: str, rig: Rig) -> ModelFile:
    """The model in a file, "path" or "path#output", that fits the rig; ModelError otherwise.

    ONNX files are trusted input, as code is: nothing here makes a foreign one safe.
    """
    if importlib.util.find_spec("onnxruntime") is None:
        raise ModelError("models need onnxruntime: pip install 'rigjit[onnx]'")
    import onnxruntime

    path, _, wanted = source.partition("#")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    with open(path, "rb"):  # an OSError that says what is wrong with the path
        pass
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no base of their own
        raise ModelError(f"{path}: no ONNX model: {shorten(str(error))}") from error
    unknown = [node for node in session.get_inputs() if node.type not in _TYPES]
    if unknown:
        raise ModelError(f"{path}: its input {unknown[0].name!r} is {unknown[0].type}, no numbers")
    metadata = session.get_modelmeta().custom_metadata_map
    stamp = Stamp(metadata.get("rigjit.rig_hash"), metadata.get("rigjit.spec"))
    file = ModelFile(path, session, _output(path, session, wanted), rig, stamp)
    file.check()
    return file


@dataclass(frozen=True)
class Stamp:
    """What `rigjit stamp` wrote into a model."""

    rig_hash: str | None
    spec: str | None


def _output(path: str, session: Any, wanted: str) -> str:
    names: list[str] = [node.name for node in session.get_outputs()]
    if wanted:
        if wanted not in names:
            raise ModelError(f"{path}: no output {wanted!r}; there are: {', '.join(names)}")
        return wanted
    if len(names) == 1:
        return names[0]
    named = [name for name in names if name in _OUTPUT_NAMES]
    if len(named) != 1:
        raise ModelError(
            f"{path}: it has {len(names)} outputs; say which is the vector, {path}#OUTPUT, of: "
            f"{', '.join(names)}"
        )
    return named[0]


def _shape(shape: Any) -> tuple[int, ...]:
    return tuple(axis if isinstance(axis, int) and axis >= 0 else -1 for axis in shape or ())
