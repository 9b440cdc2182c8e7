"""POST /models/NAME/pose: a model's own input, to its vector, to a pose."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit.serve import media, query, read, write
from rigjit.serve.pose_routes import answer_poses, push_live
from rigjit.serve.poses import check_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit.serve.app import App
    from rigjit.serve.exchange import Exchange
    from rigjit.serve.model_file import ModelFile, ModelInput
    from rigjit.serve.models import ServedModel
    from rigjit.serve.rigs import ServedRig


class ModelRoute:
    """One model's."""

    def __init__(self, app: App, served: ServedRig, model: ServedModel) -> None:
        self._app = app
        self._served = served
        self._model = model
        self._stages = app.metrics.stages[served.name]

    async def __call__(self, exchange: Exchange) -> None:
        model, headers = self._model, exchange.headers
        exchange.etag = self._served.loaded.etag
        exchange.check_match()
        asked = query.parse(exchange.scope["query_string"], query.POSE)
        offered = media.VECTOR_ANSWERS if asked.vector else media.POSE_ANSWERS
        form, media_type = media.answer_form(headers.get(b"accept"), offered)
        body_form = media.body_form(headers.get(b"content-type"), headers.get(b"content-encoding"))
        if body_form not in media.INPUT_BODIES:
            media.refuse_body(media.INPUT_BODIES)
        model.check(self._served.loaded)
        body = await exchange.body()
        start = perf_counter()
        inputs, is_one = read_inputs(model.file, body, body_form)
        for array in inputs.values():
            if model.file.has_batch:
                check_count(array.reshape(len(array), -1), exchange.max_frames)
        read_done = perf_counter()
        self._stages[0] += read_done - start
        vecs = await model.run(inputs)
        self._stages[1] += perf_counter() - read_done
        # It may have been reloaded meanwhile: the vectors are of the rig that is served now.
        loaded = self._served.loaded
        model.check(loaded)
        exchange.etag = loaded.etag
        if is_one and len(vecs) == 1:
            vecs = vecs[0]
        if asked.live:
            push_live(self._app, self._served, loaded, vecs)
        if asked.vector:
            await exchange.answer(write.vectors(loaded.rig, vecs, form), media_type)
            return
        await answer_poses(self._app, exchange, self._served, loaded, vecs, form, media_type, asked)


def read_inputs(file: ModelFile, body: bytes, form: str) -> tuple[dict[str, NDArray[Any]], bool]:
    """{input: array} of a body, and whether it is one input without a batch axis.

    JSON of a model with several inputs is an object of them; all other bodies are of its only one.
    """
    inputs = file.inputs
    if form == media.JSON:
        found = read.parse_json(body)
        if len(inputs) > 1 or isinstance(found, dict):
            return _object(file, found)
        arrays = [_from_json(inputs[0], found)]
    else:
        if len(inputs) > 1:
            names = ", ".join(each.name for each in inputs)
            read.fail(415, "wrong-type", f"the model has several inputs ({names}): send JSON")
        arrays = [read.npy(body) if form == media.NPY else _octets(inputs[0], body)]
    fitted, is_one = _fit(inputs[0], arrays[0], file.has_batch)
    return {inputs[0].name: fitted}, is_one


def _object(file: ModelFile, found: Any) -> tuple[dict[str, NDArray[Any]], bool]:
    names = [each.name for each in file.inputs]
    if not isinstance(found, dict) or set(found) != set(names):
        read.fail(422, "wrong-type", f"the model takes an object of exactly: {', '.join(names)}")
    arrays, ones = {}, []
    for each in file.inputs:
        array, is_one = _fit(each, _from_json(each, found[each.name]), file.has_batch)
        arrays[each.name] = array
        ones.append(is_one)
    if file.has_batch and len({len(array) for array in arrays.values()}) > 1:
        read.fail(422, "wrong-shape", "the inputs have different numbers of rows")
    return arrays, all(ones)


def _from_json(wanted: ModelInput, found: Any) -> NDArray[Any]:
    try:
        array = np.array(found)
    except (ValueError, OverflowError):
        read.fail(422, "wrong-shape", f"input {wanted.name!r} has rows of different lengths")
    if array.dtype.kind not in "fiub":
        read.fail(422, "wrong-type", f"input {wanted.name!r} must hold numbers alone")
    return array.astype(wanted.dtype, casting="unsafe") if array.size == 0 else array


def _octets(wanted: ModelInput, body: bytes) -> NDArray[Any]:
    """Bytes of an input whose shape is fixed but for the number of rows."""
    rest = wanted.shape[1:] if wanted.shape[:1] == (-1,) else wanted.shape
    if -1 in rest:
        read.fail(
            415,
            "wrong-type",
            f"input {wanted.name!r} has shape {wanted.shape}: bytes do not say theirs, send .npy",
        )
    row = wanted.dtype.itemsize * int(np.prod(rest, dtype=np.int64))
    if not body or row == 0 or len(body) % row or (rest == wanted.shape and len(body) != row):
        read.fail(
            422, "wrong-shape", f"{len(body)} bytes are no {wanted.dtype} of shape {wanted.shape}"
        )
    array = np.frombuffer(body, wanted.dtype.newbyteorder("<"))
    count = len(body) // row
    return array.reshape(rest if count == 1 else (count, *rest))


def _fit(wanted: ModelInput, array: NDArray[Any], has_batch: bool) -> tuple[NDArray[Any], bool]:
    """The array as the model takes it: its type, and with a batch axis where it has one."""
    is_one = False
    if len(wanted.shape) == array.ndim + 1 and wanted.shape[0] in (-1, 1):
        array = array[None]
        is_one = True
    shape = wanted.shape
    fits = len(shape) == array.ndim and all(
        axis in (-1, size) for axis, size in zip(shape, array.shape, strict=True)
    )
    if not fits or (has_batch and not len(array)):
        read.fail(
            422,
            "wrong-shape",
            f"input {wanted.name!r} has shape {array.shape}, the model takes {_text(shape)}",
        )
    kind = wanted.dtype.kind
    if array.dtype.kind == "f" and kind != "f":
        read.fail(
            422, "wrong-type", f"input {wanted.name!r} takes {wanted.dtype}, not {array.dtype}"
        )
    if kind in "iu" and array.size:
        least, most = np.iinfo(wanted.dtype).min, np.iinfo(wanted.dtype).max
        if array.min() < least or array.max() > most:
            read.fail(422, "overflow", f"input {wanted.name!r} takes {least} to {most}")
    with np.errstate(all="ignore"):
        fitted = np.ascontiguousarray(array, wanted.dtype)
    return fitted, is_one or not has_batch


def _text(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join("n" if axis == -1 else str(axis) for axis in shape) + ")"
