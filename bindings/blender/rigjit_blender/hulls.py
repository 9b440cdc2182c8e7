"""Point clouds of a character's bones, from the vertex groups of its meshes."""

import json
import math
import struct
from array import array
from contextlib import contextmanager

import bpy

from .names import bone_name
from .problems import SceneError, check_armature

_FLAT = 1e-5  # of its size; rigjit refuses hulls that are ten times as thin


def hulls(armature, meshes=None):
    """({bone: [(x, y, z)]}, [(name, what, why)] of what gives no hull).

    Each vertex counts for the one bone that has the greatest weight there; its point is in that
    bone's space, in the rest pose, so that armature.matrix_world @ pose_bone.matrix takes it to
    the world. meshes: objects, or None for those in view that the armature deforms, and those that
    are parented to one of its bones. Modifiers count as they do in the viewport.
    """
    check_armature(armature)
    names = [name for name in map(bone_name, armature.data.bones) if name is not None]
    clouds = {name: [] for name in names}
    left_out = []
    chosen = _meshes(armature, meshes, left_out)
    if not chosen:
        raise SceneError(f"{armature.name!r} moves no mesh that is in view")
    with _rest_pose(armature):
        depsgraph = bpy.context.evaluated_depsgraph_get()
        for found in chosen:
            _add_mesh(clouds, armature, found, depsgraph, left_out)
    for name, points in list(clouds.items()):
        reason = _no_hull(name, points)
        if reason:
            del clouds[name]
            if points or armature.data.bones[name].use_deform:
                left_out.append((name, "hull", reason))
    if not clouds:
        name, what, why = left_out[-1] if left_out else (armature.name, "meshes", "no vertices")
        raise SceneError(f"no bone gets a hull: {name}, {what}: {why}")
    return clouds, left_out


def write_hulls(path, clouds):
    """Write them as safetensors, (k, 3) float32 a bone, for `rigjit.collision.Hulls.load`."""
    header, data = {"__metadata__": {"format": "rigjit-hulls", "version": "1"}}, bytearray()
    for name, points in clouds.items():
        values = array("f", [part for point in points for part in point])
        begin = len(data)
        data += struct.pack(f"<{len(values)}f", *values)
        header[name] = {
            "dtype": "F32",
            "shape": [len(points), 3],
            "data_offsets": [begin, len(data)],
        }
    text = json.dumps(header, ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def _meshes(armature, meshes, left_out):
    """The mesh objects that the armature moves, of those given, or of those in view."""
    bound = [found for found in bpy.context.scene.objects if _is_bound(found, armature)]
    if meshes is None:
        hidden = [found for found in bound if not found.visible_get()]
        left_out += [(found.name, "mesh", "hidden") for found in hidden]
        return [found for found in bound if found not in hidden]
    for found in meshes:
        if found not in bound:
            raise SceneError(f"{found.name!r} is no mesh that {armature.name!r} moves")
    return list(meshes)


def _is_bound(found, armature):
    if found.type != "MESH":
        return False
    if found.parent == armature and found.parent_type in ("ARMATURE", "BONE"):
        return True
    return any(
        modifier.type == "ARMATURE" and modifier.object == armature for modifier in found.modifiers
    )


@contextmanager
def _rest_pose(armature):
    before = armature.data.pose_position
    armature.data.pose_position = "REST"
    bpy.context.view_layer.update()
    try:
        yield
    finally:
        armature.data.pose_position = before
        bpy.context.view_layer.update()


def _add_mesh(clouds, armature, found, depsgraph, left_out):
    evaluated = found.evaluated_get(depsgraph)
    to_armature = armature.evaluated_get(depsgraph).matrix_world.inverted_safe()
    to_armature = to_armature @ evaluated.matrix_world
    to_bone = {
        name: armature.data.bones[name].matrix_local.inverted_safe() @ to_armature
        for name in clouds
    }
    mesh = evaluated.to_mesh(preserve_all_data_layers=True, depsgraph=depsgraph)
    try:
        if found.parent == armature and found.parent_type == "BONE":
            if found.parent_bone in to_bone:
                matrix = to_bone[found.parent_bone]
                clouds[found.parent_bone] += [tuple(matrix @ each.co) for each in mesh.vertices]
            return
        groups = [
            group.name if _deforms(armature, group.name, to_bone) else None
            for group in found.vertex_groups
        ]
        without = 0
        for vertex in mesh.vertices:
            name = _strongest(vertex.groups, groups)
            if name is None:
                without += 1
            else:
                clouds[name].append(tuple(to_bone[name] @ vertex.co))
        if without:
            reason = "no deforming bone has a weight there"
            left_out.append((found.name, f"{without} vertices", reason))
    finally:
        evaluated.to_mesh_clear()


def _deforms(armature, name, known):
    return name in known and armature.data.bones[name].use_deform


def _strongest(weights, groups):
    """The bone of the greatest weight; of equal ones the first group's. None where all are 0."""
    found, greatest = None, 0.0
    for weight in weights:
        if weight.weight > greatest and weight.group < len(groups) and groups[weight.group]:
            found, greatest = groups[weight.group], weight.weight
    return found


def _no_hull(name, points):
    """Why these points are no hull, or ""."""
    if name == "__metadata__":
        return "a file of hulls cannot hold this name: rename the bone"
    if not points:
        return "no vertex has its greatest weight here"
    if not all(math.isfinite(sum(point)) for point in points):
        return "a vertex is not finite"
    if len(set(points)) < 4:
        return f"only {len(set(points))} points, a hull needs 4"
    return "its points lie in a plane" if _is_flat(points) else ""


def _is_flat(points):
    """Whether the tetrahedron of far points has no height to speak of."""
    a = points[0]
    b = max(points, key=lambda p: math.dist(a, p))
    size = math.dist(a, b)
    along = [(y - x) / size for x, y in zip(a, b)]

    def off_line(point):
        return math.hypot(*_cross(along, [y - x for x, y in zip(a, point)]))

    c = max(points, key=off_line)
    if off_line(c) < _FLAT * size:
        return True
    normal = _cross(along, [y - x for x, y in zip(a, c)])
    length = math.hypot(*normal)
    height = max(
        abs(sum(n * (y - x) for n, x, y in zip(normal, a, point))) / length for point in points
    )
    return height < _FLAT * size


def _cross(a, b):
    return [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
