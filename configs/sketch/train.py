"""Trains the demo's network with numpy alone, and writes it as ONNX with the stamp of its rig.

python configs/sketch/train.py OUTPUT.onnx

A drawing of 32 x 32 cells through two hidden layers to the 63 inputs of the rig. The same numbers
come out each time on the same machine.
"""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from pathlib import Path
from time import perf_counter

# Before numpy: sums in one order, and no threads that wait for each other on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import onnx
from figure import GRID, HERE, Figure, Floats, draw, project
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from poses import random_values

import rigjit
import rigjit.onnx

COUNT = 16_000
TEST = 1_000
EPOCHS = 14
BATCH = 128
HIDDEN = (320, 192)
RATE = 2e-3

Array = NDArray[np.float32]


class Network:
    """Layers with ReLU between them; Adam."""

    def __init__(self, sizes: tuple[int, ...], bias: Array, rng: np.random.Generator) -> None:
        pairs = list(pairwise(sizes))
        self.weights = [
            (rng.normal(size=pair) * np.sqrt(2 / pair[0])).astype(np.float32) for pair in pairs
        ]
        self.weights[-1] *= 0.1
        self.biases = [np.zeros(size, np.float32) for size in sizes[1:]]
        self.biases[-1] = bias.copy()
        self._moments = [
            (np.zeros_like(each), np.zeros_like(each)) for each in [*self.weights, *self.biases]
        ]
        self._steps = 0

    def run(self, inputs: Array) -> Array:
        """(n, inputs) to (n, outputs)."""
        return self._layers(inputs)[-1]

    def step(self, inputs: Array, targets: Array, rate: float) -> None:
        """One step down the mean squared error."""
        layers = self._layers(inputs)
        error = (2 / targets.size) * (layers[-1] - targets)
        weight_slopes, bias_slopes = [], []
        for index in reversed(range(len(self.weights))):
            weight_slopes.append(layers[index].T @ error)
            bias_slopes.append(error.sum(axis=0))
            if index:
                error = (error @ self.weights[index].T) * (layers[index] > 0)
        self._steps += 1
        slopes = weight_slopes[::-1] + bias_slopes[::-1]
        arrays = [*self.weights, *self.biases]
        for array, slope, (mean, square) in zip(arrays, slopes, self._moments, strict=True):
            mean += 0.1 * (slope - mean)
            square += 0.01 * (slope * slope - square)
            fair = rate * np.sqrt(1 - 0.99**self._steps) / (1 - 0.9**self._steps)
            array -= (fair * mean / (np.sqrt(square) + 1e-8)).astype(np.float32)

    def _layers(self, inputs: Array) -> list[Array]:
        layers = [inputs]
        for index, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            found = layers[-1] @ weight + bias
            layers.append(np.maximum(found, 0) if index < len(self.weights) - 1 else found)
        return layers


def data(rig: rigjit.Rig, figure: Figure, count: int, seed: int) -> tuple[Array, Array, Floats]:
    """Drawings as rows, the vectors of their poses, and the joints in metres."""
    values = random_values(rig, count, seed)
    joints = figure.joints(values)
    pictures = draw(project(joints)).reshape(count, -1)
    return pictures, rig.values_to_vec_batch(values), joints


def train(rig: rigjit.Rig, figure: Figure, say: bool = True) -> Network:
    """A network that has seen COUNT drawings EPOCHS times."""
    rng = np.random.default_rng(5)
    pictures, vecs, _ = data(rig, figure, COUNT, seed=1)
    mean = vecs.mean(axis=0)
    network = Network((GRID * GRID, *HIDDEN, rig.vec_size), mean, rng)
    steps = EPOCHS * (COUNT // BATCH)
    step = 0
    for epoch in range(EPOCHS):
        order = rng.permutation(COUNT)
        for begin in range(0, COUNT - BATCH + 1, BATCH):
            rows = order[begin : begin + BATCH]
            rate = RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
            network.step(pictures[rows], vecs[rows], rate)
            step += 1
        if say:
            error = float(((network.run(pictures[:1000]) - vecs[:1000]) ** 2).mean())
            print(f"  epoch {epoch + 1} of {EPOCHS}: {error:.5f}")
    return network


def errors(rig: rigjit.Rig, figure: Figure, vecs: Array, joints: Floats) -> tuple[float, float]:
    """How far joints of predicted vectors are off: pixels in the picture; metres in space."""
    found = figure.joints(rig.vec_to_values_batch(vecs))
    flat = np.linalg.norm(project(found) - project(joints), axis=-1).mean()
    return float(flat), float(np.linalg.norm(found - joints, axis=-1).mean())


def save(network: Network, rig: rigjit.Rig, path: Path) -> None:
    """As ONNX: (n, GRID, GRID) in, (n, vec_size) out."""
    nodes = [helper.make_node("Flatten", ["sketch"], ["layer0"], axis=1)]
    tensors = []
    last = len(network.weights) - 1
    for index, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        tensors += [
            numpy_helper.from_array(weight, f"weight{index}"),
            numpy_helper.from_array(bias, f"bias{index}"),
        ]
        out = "vec" if index == last else f"sum{index}"
        names = [f"layer{index}", f"weight{index}", f"bias{index}"]
        nodes.append(helper.make_node("Gemm", names, [out]))
        if index < last:
            nodes.append(helper.make_node("Relu", [out], [f"layer{index + 1}"]))
    graph = helper.make_graph(
        nodes,
        "sketch",
        [helper.make_tensor_value_info("sketch", TensorProto.FLOAT, ["n", GRID, GRID])],
        [helper.make_tensor_value_info("vec", TensorProto.FLOAT, ["n", rig.vec_size])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(model.SerializeToString(deterministic=True))
    onnx.checker.check_model(str(path))
    rigjit.onnx.stamp(path, rig)


def make(path: Path) -> None:
    """Train, say how good it is, and write it."""
    begin = perf_counter()
    rig = rigjit.load(HERE / "sketch.yaml")
    figure = Figure(rig)
    network = train(rig, figure)
    pictures, vecs, joints = data(rig, figure, TEST, seed=2)
    pixels, metres = errors(rig, figure, network.run(pictures), joints)
    mean = np.tile(vecs.mean(axis=0), (TEST, 1))
    mean_pixels, mean_metres = errors(rig, figure, mean, joints)
    print(f"  of 64 pixels off in the picture: {pixels:.1f}; the mean pose: {mean_pixels:.1f}")
    print(f"  off in space: {metres * 100:.0f} cm; the mean pose: {mean_metres * 100:.0f} cm")
    save(network, rig, path)
    print(f"  {path.name} after {perf_counter() - begin:.1f} s")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
