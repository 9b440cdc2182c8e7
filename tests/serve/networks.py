"""Small networks as ONNX files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def linear(
    path: Path,
    weight: np.ndarray,
    bias: np.ndarray,
    *,
    batch: str | int = "n",
    outputs: tuple[str, ...] = ("out",),
    shown_size: str | int | None = None,
    kind: int = TensorProto.FLOAT,
) -> Path:
    """x @ weight + bias, of x (batch, inputs); shown_size: what the file says of the last axis."""
    nodes = [
        helper.make_node("Cast", ["x"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["floats", "weight"], ["product"]),
    ]
    nodes += [helper.make_node("Add", ["product", "bias"], [name]) for name in outputs]
    size = weight.shape[1] if shown_size is None else shown_size
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info("x", kind, [batch, weight.shape[0]])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [batch, size]) for name in outputs],
        [
            numpy_helper.from_array(weight.astype(np.float32), "weight"),
            numpy_helper.from_array(bias.astype(np.float32), "bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return path


def weights(rig, inputs: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """That turn small inputs into good vectors of the rig."""
    rng = np.random.default_rng(3)
    weight = (0.05 * rng.normal(size=(inputs, rig.vec_size))).astype(np.float32)
    bias = rig.rest_vec.copy()
    bias[np.abs(bias) < 0.5] += 0.3
    return weight, bias
