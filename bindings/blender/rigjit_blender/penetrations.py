"""What `rigjit penetrations` asks for, and where in the timeline its answer is."""

import json
import os
import struct

import bpy

from .hulls import hulls, write_hulls
from .names import cut
from .problems import SceneError
from .sample import evaluated

_MARKED = "rigjit: "  # what the names of our markers begin with


def write_collision(path, armature, frames, meshes=None):
    """Write hulls, a motion and the rest pose; ([their paths], [(name, what, why)] left out).

    path: of the hulls, NAME.safetensors; beside it NAME_motion.npy, the bones' world matrices in
    each frame, (frames, hulls, 3, 4) float64, and NAME_rest.npy, those of the rest pose. Then

        rigjit penetrations NAME.safetensors NAME_motion.npy --rest NAME_rest.npy -o worst.jsonl
    """
    frames = list(frames)
    if not frames:
        raise SceneError("no frames")
    clouds, left_out = hulls(armature, meshes)
    stem = os.path.splitext(path)[0]
    motion, rest = stem + "_motion.npy", stem + "_rest.npy"
    bones = armature.data.bones
    resting = [[bones[name].matrix_local for name in clouds]]
    _write_matrices(rest, [(armature.matrix_world, row) for row in resting], 1, len(clouds))
    moving = (
        (posed.matrix_world, [posed.pose.bones[name].matrix for name in clouds])
        for posed in evaluated(armature, frames)
    )
    _write_matrices(motion, moving, len(frames), len(clouds))
    write_hulls(path, clouds)
    return [path, motion, rest], left_out


def _write_matrices(path, rows, count, width):
    """An .npy file of (count, width, 3, 4) float64; rows: the armature's matrix, its bones'."""
    head = {"descr": "<f8", "fortran_order": False, "shape": (count, width, 3, 4)}
    text = repr(head).encode("ascii")
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text)
        for root, matrices in rows:
            values = [value for matrix in matrices for value in _product(root, matrix)]
            file.write(struct.pack(f"<{len(values)}d", *values))


def _product(a, b):
    """The first three rows of a product, in double: mathutils would round to float32 again."""
    columns = list(zip(*b))
    return [sum(x * y for x, y in zip(row, column)) for row in list(a)[:3] for column in columns]


def mark_penetrations(path, start=None, count=20):
    """Mark the worst frames of a file of `rigjit penetrations -o` in the timeline.

    start: the scene's frame at which the motion begins, else the scene's first; count: of the
    file's lines, which are worst first. Markers of an earlier call go. [(frame, pairs, depth)].
    """
    scene = bpy.context.scene
    begin = scene.frame_start if start is None else start
    by_frame = {}
    for frame, pair, depth in _read(path)[:count]:
        by_frame.setdefault(begin + frame, []).append((pair, depth))
    for marker in list(scene.timeline_markers):
        if marker.name.startswith(_MARKED):
            scene.timeline_markers.remove(marker)
    found = []
    for frame, pairs in by_frame.items():
        (pair, depth), more = pairs[0], len(pairs) - 1
        also = f" +{more}" if more else ""
        text = f"{_MARKED}{_length(scene, depth)} {pair[0]} / {pair[1]}"
        scene.timeline_markers.new(cut(text, 60) + also, frame=frame)
        found.append((frame, [" / ".join(pair) for pair, _ in pairs], depth))
    return found


def _read(path):
    """[(frame of the motion, (hull, hull), depth)] of the file's lines."""
    found = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                each = json.loads(line)
                first, second = each["pair"]
                found.append((int(each["frame"]), (str(first), str(second)), float(each["depth"])))
            except (ValueError, KeyError, TypeError):
                name = os.path.basename(path)
                raise SceneError(
                    f"{name}: line {number} is none of `rigjit penetrations -o`"
                ) from None
    return found


def _length(scene, metres):
    units = scene.unit_settings
    value = metres * units.scale_length
    return bpy.utils.units.to_string(units.system, "LENGTH", value, precision=3).replace(" ", "")
