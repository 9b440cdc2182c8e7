from collections.abc import Sequence
from fractions import Fraction
from os import PathLike
from types import TracebackType
from typing import Any, Literal, Protocol, SupportsIndex, TypeAlias, TypeVar, final, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from typing_extensions import Buffer

from rigjit._tables import Tables
from rigjit.clips import ClipStreamWriter

__version__: str

_Path: TypeAlias = str | bytes | PathLike[str] | PathLike[bytes]

class _DLPack(Protocol):
    def __dlpack__(self) -> Any: ...
    def __dlpack_device__(self) -> tuple[int, int]: ...

# Arrays, tensors that speak DLPack or that numpy understands, and lists of floats.
_Floats: TypeAlias = ArrayLike | _DLPack
# {controller: {attribute: number, bool or name}}, of dicts only; MessagePack or JSON.
_Pose: TypeAlias = dict[str, Any] | str | Buffer
_Poses: TypeAlias = Sequence[_Pose] | NDArray[np.uint8]
# What a message is written into.
_BufferT = TypeVar("_BufferT", bound=Buffer)
# By __index__, or a float that is whole.
_Whole: TypeAlias = SupportsIndex | float | np.floating[Any]
_FrameRate: TypeAlias = int | float | Fraction | str
_EmitKind: TypeAlias = Literal["object", "assembly", "ir", "header"]
_Program: TypeAlias = Literal[
    "message", "values", "vector", "message-continuous", "values-continuous"
]

@final
class Error:
    def __init__(
        self,
        code: str,
        message: str,
        file: str | None = None,
        line: _Whole | None = None,
        column: _Whole | None = None,
        path: str | None = None,
        suggestion: str | None = None,
    ) -> None: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def file(self) -> str | None: ...
    @property
    def line(self) -> int | None: ...
    @property
    def column(self) -> int | None: ...
    @property
    def path(self) -> str | None: ...
    @property
    def suggestion(self) -> str | None: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[Error], tuple[Any, ...]]: ...

@final
class Channel(tuple[str, str]):
    @property
    def controller(self) -> str: ...
    @property
    def attribute(self) -> str: ...
    @property
    def type(self) -> Literal["float", "bool", "int", "enum"]: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def transformation(
        self,
    ) -> Literal["translation", "rotation3d", "rotation1d", "scale", "attribute", "constant"]: ...
    @property
    def rotate_order(self) -> Literal["xyz", "yzx", "zxy", "xzy", "yxz", "zyx"] | None: ...
    @property
    def angle_unit(self) -> Literal["degrees", "radians"] | None: ...

@final
class Rig:
    @property
    def name(self) -> str: ...
    @property
    def namespace(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def metadata(self) -> dict[str, str]: ...
    @property
    def origin(self) -> Literal["compiled", "cached", "memory"]: ...
    @property
    def target(self) -> str: ...
    @property
    def cache_note(self) -> str: ...
    @property
    def vec_size(self) -> int: ...
    @property
    def msgpack_size(self) -> int: ...
    @property
    def channels(self) -> list[Channel]: ...
    @property
    def inputs(self) -> list[tuple[str, str, str]]: ...
    @property
    def slices(self) -> dict[str, NDArray[np.int64]]: ...
    @property
    def rest_vec(self) -> NDArray[np.float32]: ...
    @overload
    def vec_to_rig(self, vec: _Floats, out: None = None) -> bytes: ...
    @overload
    def vec_to_rig(self, vec: _Floats, out: _BufferT) -> _BufferT: ...
    @overload
    def vec_to_rig_batch(
        self,
        vecs: _Floats,
        out: NDArray[np.uint8] | None = None,
        errors: Literal["raise"] = "raise",
        *,
        threads: _Whole = 1,
        continuous: bool = False,
        start: _Floats | None = None,
    ) -> NDArray[np.uint8]: ...
    @overload
    def vec_to_rig_batch(
        self,
        vecs: _Floats,
        out: NDArray[np.uint8] | None = None,
        *,
        errors: Literal["mask"],
        threads: _Whole = 1,
        continuous: bool = False,
        start: _Floats | None = None,
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]: ...
    def vec_to_values(
        self, vec: _Floats, out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]: ...
    def vec_to_dict(self, vec: _Floats) -> dict[str, dict[str, float | int | bool]]: ...
    def vec_to_json(self, vec: _Floats) -> bytes: ...
    def stream(self, start: _Floats | None = None) -> Stream: ...
    @overload
    def vec_to_values_batch(
        self,
        vecs: _Floats,
        out: NDArray[np.float32] | None = None,
        errors: Literal["raise"] = "raise",
        *,
        threads: _Whole = 1,
        continuous: bool = False,
        start: _Floats | None = None,
    ) -> NDArray[np.float32]: ...
    @overload
    def vec_to_values_batch(
        self,
        vecs: _Floats,
        out: NDArray[np.float32] | None = None,
        *,
        errors: Literal["mask"],
        threads: _Whole = 1,
        continuous: bool = False,
        start: _Floats | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]: ...
    def rig_to_vec(
        self,
        pose: _Pose,
        missing: Literal["error", "rest"] = "error",
        extra: Literal["ignore", "error"] = "ignore",
    ) -> NDArray[np.float32]: ...
    @overload
    def rig_to_vec_batch(
        self,
        poses: _Poses,
        missing: Literal["error", "rest"] = "error",
        extra: Literal["ignore", "error"] = "ignore",
        out: NDArray[np.float32] | None = None,
        errors: Literal["raise"] = "raise",
    ) -> NDArray[np.float32]: ...
    @overload
    def rig_to_vec_batch(
        self,
        poses: _Poses,
        missing: Literal["error", "rest"] = "error",
        extra: Literal["ignore", "error"] = "ignore",
        out: NDArray[np.float32] | None = None,
        *,
        errors: Literal["mask"],
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]: ...
    def values_to_vec(self, values: _Floats) -> NDArray[np.float32]: ...
    @overload
    def values_to_vec_batch(
        self,
        values: _Floats,
        out: NDArray[np.float32] | None = None,
        errors: Literal["raise"] = "raise",
        *,
        threads: _Whole = 1,
    ) -> NDArray[np.float32]: ...
    @overload
    def values_to_vec_batch(
        self,
        values: _Floats,
        out: NDArray[np.float32] | None = None,
        *,
        errors: Literal["mask"],
        threads: _Whole = 1,
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]: ...
    @overload
    def clip(
        self,
        vecs: _Floats,
        *,
        fps: _FrameRate = 24,
        start_frame: _Whole = 0,
        errors: Literal["raise"] = "raise",
        continuous: bool = False,
        start: _Floats | None = None,
    ) -> bytes: ...
    @overload
    def clip(
        self,
        vecs: _Floats,
        *,
        fps: _FrameRate = 24,
        start_frame: _Whole = 0,
        errors: Literal["mask"],
        continuous: bool = False,
        start: _Floats | None = None,
    ) -> tuple[bytes, NDArray[np.bool_]]: ...
    def clip_stream(
        self,
        file: Any,
        *,
        fps: _FrameRate = 24,
        start_frame: _Whole = 0,
        continuous: bool = False,
        start: _Floats | None = None,
    ) -> ClipStreamWriter: ...
    def mirror(
        self, vecs: _Floats, out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]: ...
    def plan(self) -> str: ...
    def tables(self) -> Tables: ...
    def ir(
        self,
        controller: str | None = None,
        program: _Program = "message",
        target: str | None = None,
    ) -> str: ...
    def asm(self, program: _Program = "message", target: str | None = None) -> str: ...
    def emit(
        self,
        directory: str | PathLike[str],
        *,
        kinds: _EmitKind | Sequence[_EmitKind] = ("object", "header"),
        target: str | None = None,
        prefix: str | None = None,
        programs: _Program | Sequence[_Program] | None = None,
    ) -> list[str]: ...
    def _emit(
        self, arg0: Sequence[str], arg1: str | None, arg2: str | None, arg3: Sequence[str], /
    ) -> list[tuple[str, bytes]]: ...
    def profile(
        self, vec: ArrayLike, program: Literal["message", "values"] = "message"
    ) -> dict[str, Any]: ...
    def __copy__(self) -> Rig: ...
    def __deepcopy__(self, memo: dict[int, Any], /) -> Rig: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Stream:
    def push(self, vec: _Floats) -> bytes: ...
    def push_values(self, vec: _Floats) -> NDArray[np.float32]: ...
    def rebase(self) -> None: ...

@final
class InputChange:
    @property
    def change(self) -> Literal["added", "removed", "moved"]: ...
    @property
    def input(self) -> tuple[str, str, str]: ...
    @property
    def old_index(self) -> int | None: ...
    @property
    def new_index(self) -> int | None: ...

@final
class ChannelChange:
    @property
    def change(self) -> Literal["added", "removed", "moved"]: ...
    @property
    def channel(self) -> tuple[str, str]: ...
    @property
    def old_index(self) -> int | None: ...
    @property
    def new_index(self) -> int | None: ...

@final
class CoefficientChange:
    @property
    def controller(self) -> str: ...
    @property
    def attributes(self) -> list[str]: ...
    @property
    def coefficient(self) -> str: ...
    @property
    def old_value(self) -> str | None: ...
    @property
    def new_value(self) -> str | None: ...

@final
class Diff:
    @property
    def old_hash(self) -> str: ...
    @property
    def new_hash(self) -> str: ...
    @property
    def inputs(self) -> list[InputChange]: ...
    @property
    def channels(self) -> list[ChannelChange]: ...
    @property
    def coefficients(self) -> list[CoefficientChange]: ...
    def __bool__(self) -> bool: ...

def diff(old: Rig | _Path, new: Rig | _Path) -> Diff: ...
def _late_import(name: str) -> Any: ...
def _thread_count(threads: _Whole) -> int: ...
def _restore(
    hash: str,
    files: list[tuple[bytes, bytes]],
    cache_dir: bytes | None,
    cache: bool,
    target: str | None,
    namespace: str,
) -> Rig: ...
def _remap(
    old: Rig | _Path, new: Rig | _Path
) -> tuple[
    int,
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float32],
    NDArray[np.int64],
    list[tuple[str, tuple[str, ...], str]],
]: ...

@final
class ClipWriter:
    def __init__(
        self,
        path: _Path,
        rig: Rig,
        *,
        fps: _FrameRate | None = None,
        start_frame: _Whole | None = None,
        append: bool = False,
        continuous: bool = False,
        start: _Floats | None = None,
    ) -> None: ...
    def write(self, vec: _Floats) -> None: ...
    @overload
    def write_batch(self, vecs: _Floats, errors: Literal["raise"] = "raise") -> None: ...
    @overload
    def write_batch(self, vecs: _Floats, errors: Literal["mask"]) -> NDArray[np.bool_]: ...
    def close(self) -> None: ...
    @property
    def closed(self) -> bool: ...
    def __len__(self) -> int: ...
    def __enter__(self) -> ClipWriter: ...
    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
        /,
    ) -> None: ...

def save_vectors(path: _Path, rig: Rig, vecs: _Floats) -> None: ...
def load_vectors(path: _Path, rig: Rig) -> NDArray[np.float32]: ...
def _measure(
    rows: NDArray[np.float32],
    before: NDArray[np.float32] | None,
    turn: NDArray[np.float32],
    sums: NDArray[np.float64],
    extremes: NDArray[np.float32],
    holds: NDArray[np.uint32],
    /,
) -> None: ...
def _file_header_size(start: bytes, /) -> int: ...
def _file_header(
    header: bytes, rig: Rig, /
) -> tuple[bool, int, tuple[int, int] | None, int | None, list[tuple[str, str]]]: ...

@final
class _PoseSplitter:
    def __init__(self, form: Literal["json", "msgpack"], /) -> None: ...
    def split(self, data: bytes, is_all: bool, most: int, /) -> tuple[list[bytes], int]: ...

def _clip_stream_schema(rig: Rig, fps: _FrameRate, start_frame: _Whole, /) -> bytes: ...
def _clip_stream_frame(
    rig: Rig, vec: _Floats, continuous: bool, start: _Floats | None, /
) -> tuple[bytes, None, NDArray[np.float32] | None]: ...
def _clip_stream_frames(
    rig: Rig, vecs: _Floats, errors: str, continuous: bool, start: _Floats | None, /
) -> tuple[bytes, NDArray[np.bool_] | None, NDArray[np.float32] | None]: ...
def loaded_rigs_limit() -> int: ...
def set_loaded_rigs_limit(limit: _Whole) -> int: ...
def forget_loaded_rigs() -> int: ...
def load(
    path: _Path,
    *,
    cache_dir: _Path | None = None,
    cache: bool = True,
    target: str | None = None,
    namespace: str | None = None,
) -> Rig: ...
def loads(
    text: str | bytes,
    *,
    base_dir: _Path | None = None,
    cache_dir: _Path | None = None,
    cache: bool = True,
    target: str | None = None,
    namespace: str | None = None,
) -> Rig: ...
def _collision() -> Any: ...
