"""A humanoid of 61 convex hulls in smooth, fast motion: what collision_bench.py measures with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull
from scipy.spatial.transform import Rotation


@dataclass(frozen=True)
class Bone:
    """offset: from the parent's head. amplitude: of its turning, in degrees."""

    name: str
    parent: int
    offset: tuple[float, float, float]
    axis: tuple[float, float, float]
    length: float
    radius: float
    amplitude: float


@dataclass(frozen=True)
class Character:
    names: list[str]
    points: list[np.ndarray]  # (60, 3) each, all of them vertices
    parents: list[int]
    rest: np.ndarray  # (61, 4, 4)
    motion: np.ndarray  # (frames, 61, 4, 4), float32
    pairs: np.ndarray  # (1744, 2): all but parents with children and those of one parent


def skeleton() -> list[Bone]:
    bones: list[Bone] = []

    def add(name, parent, offset, axis, length, radius, amplitude) -> int:
        bones.append(Bone(name, parent, offset, axis, length, radius, amplitude))
        return len(bones) - 1

    last = hips = add("hips", -1, (0, 100, 0), (0, 1, 0), 14, 15, 8)
    for i in range(4):
        last = add(f"spine{i}", last, (0, 13, 0), (0, 1, 0), 13, 14, 7)
    chest = last
    neck = add("neck", chest, (0, 14, 0), (0, 1, 0), 9, 6, 10)
    add("head", neck, (0, 9, 0), (0, 1, 0), 22, 11, 15)
    for side, s in (("l", 1), ("r", -1)):
        out = (s, -0.3, 0)
        last = add(f"clavicle_{side}", chest, (4 * s, 10, 0), (s, 0, 0), 12, 6, 5)
        last = add(f"arm0_{side}", last, (14 * s, 0, 0), out, 15, 6, 55)
        last = add(f"arm1_{side}", last, (14 * s, -4, 0), out, 15, 5.5, 12)
        last = add(f"forearm0_{side}", last, (14 * s, -4, 0), out, 13, 5, 60)
        last = add(f"forearm1_{side}", last, (12 * s, -4, 0), out, 13, 4, 15)
        hand = add(f"hand_{side}", last, (12 * s, -4, 0), out, 10, 4.5, 25)
        for finger in range(5):
            last = hand
            for joint in range(3):
                offset = (9 * s, -3, 2.2 * (finger - 2)) if joint == 0 else (3.2 * s, -1, 0)
                last = add(f"finger{finger}{joint}_{side}", last, offset, out, 3.2, 1.1, 30)
        last = add(f"thigh0_{side}", hips, (9 * s, -4, 0), (0, -1, 0), 22, 9, 28)
        last = add(f"thigh1_{side}", last, (0, -21, 0), (0, -1, 0), 22, 8, 5)
        last = add(f"shin0_{side}", last, (0, -21, 0), (0, -1, 0), 20, 6.5, 35)
        last = add(f"shin1_{side}", last, (0, -19, 0), (0, -1, 0), 20, 5, 5)
        last = add(f"foot_{side}", last, (0, -19, 2), (0, -0.2, 1), 16, 5, 15)
        add(f"toe_{side}", last, (0, -3, 15), (0, 0, 1), 7, 4, 20)
    return bones


def cloud(bone: Bone, count: int, rng: np.random.Generator) -> np.ndarray:
    """Points of a limb, thinner at its ends."""
    axis = np.array(bone.axis) / np.linalg.norm(bone.axis)
    side = rng.normal(size=(count, 3))
    side -= np.outer(side @ axis, axis)
    side /= np.linalg.norm(side, axis=1)[:, None]
    along = rng.uniform(0, 1, count)
    thick = np.sqrt(1 - (2 * along - 1)[:, None] ** 4 * 0.75)
    return np.outer(along * bone.length, axis) + bone.radius * thick * side


def world(bones: list[Bone], angles: np.ndarray) -> np.ndarray:
    """Matrices (frames, bones, 4, 4) of Euler angles in degrees (frames, bones, 3)."""
    transforms = np.tile(np.eye(4), (*angles.shape[:2], 1, 1))
    for i, bone in enumerate(bones):
        turn = Rotation.from_euler("xyz", angles[:, i], degrees=True).as_matrix()
        if bone.parent < 0:
            transforms[:, i, :3, :3] = turn
            transforms[:, i, :3, 3] = bone.offset
            continue
        parent = transforms[:, bone.parent]
        transforms[:, i, :3, :3] = parent[:, :3, :3] @ turn
        transforms[:, i, :3, 3] = parent[:, :3, :3] @ bone.offset + parent[:, :3, 3]
    return transforms


def make(frames: int = 240, points: int = 60, seed: int = 0) -> Character:
    rng = np.random.default_rng(seed)
    bones = skeleton()
    hulls = []
    for bone in bones:
        given = cloud(bone, points * 6, rng)
        vertices = given[ConvexHull(given).vertices]
        hulls.append(vertices[rng.permutation(len(vertices))[:points]])
    seconds = np.arange(frames)[:, None, None] / 24
    shape = (1, len(bones), 3)
    slow, fast = rng.uniform(0.2, 1.1, shape), rng.uniform(0.4, 2.2, shape)
    phase, phase_fast = rng.uniform(0, 2 * np.pi, shape), rng.uniform(0, 2 * np.pi, shape)
    swing = 0.7 * np.sin(2 * np.pi * slow * seconds + phase)
    swing = swing + 0.3 * np.sin(2 * np.pi * fast * seconds + phase_fast)
    amplitude = np.array([bone.amplitude for bone in bones])[None, :, None]
    parents = [bone.parent for bone in bones]

    def is_near(i: int, j: int) -> bool:
        return parents[i] == j or parents[j] == i or parents[i] == parents[j] >= 0

    count = len(bones)
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count) if not is_near(i, j)]
    return Character(
        [bone.name for bone in bones],
        hulls,
        parents,
        world(bones, np.zeros((1, count, 3)))[0],
        world(bones, swing * amplitude).astype(np.float32),
        np.array(pairs, np.int32),
    )
