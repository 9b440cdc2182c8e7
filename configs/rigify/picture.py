"""Renders a clip on Rigify's human: capsules skinned to its deform bones, by Workbench.

    blender -b human_walk.blend --python configs/rigify/picture.py -- CLIP FOLDER side|front STEP

FOLDER gets a PNG of every STEP-th frame. The rig is the file's armature; the clip is keyed on it by
the extension, so that a picture shows what came out of the vectors.
"""

import math
import os
import sys

import bpy
from mathutils import Vector

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bindings", "blender"))

# What is drawn of a deform bone, metres; others, those of the face, are not.
RADII = {
    "spine.006": 0.085,
    "spine": 0.105,
    "shoulder": 0.045,
    "upper_arm": 0.045,
    "forearm": 0.037,
    "hand": 0.035,
    "thigh": 0.072,
    "shin": 0.052,
    "foot": 0.042,
    "toe": 0.036,
    "palm": 0.018,
    "thumb": 0.014,
    "f_": 0.012,
}
SEGMENTS, RINGS = 16, 6
COLOURS = {"L": (0.16, 0.42, 0.72, 1), "R": (0.85, 0.45, 0.18, 1), "": (0.55, 0.57, 0.6, 1)}


def radius_of(name):
    plain = name[len("DEF-") :]
    return next((radius for part, radius in RADII.items() if plain.startswith(part)), None)


def capsule(head, tail, radius):
    """(points, faces) of a cylinder with round ends."""
    along = (tail - head).normalized()
    across = along.orthogonal().normalized()
    other = along.cross(across)
    points, faces = [], []
    rows = [(head, -math.pi / 2 + math.pi / 2 * i / RINGS) for i in range(RINGS + 1)]
    rows += [(tail, math.pi / 2 * i / RINGS) for i in range(RINGS + 1)]
    for centre, angle in rows:
        for i in range(SEGMENTS):
            turn = 2 * math.pi * i / SEGMENTS
            ring = across * math.cos(turn) + other * math.sin(turn)
            points.append(centre + radius * (along * math.sin(angle) + ring * math.cos(angle)))
    for row in range(len(rows) - 1):
        for i in range(SEGMENTS):
            j = (i + 1) % SEGMENTS
            a, b = row * SEGMENTS, (row + 1) * SEGMENTS
            faces.append((a + i, a + j, b + j, b + i))
    return points, faces


def make_body(rig):
    """One mesh, each capsule in the vertex group of its bone."""
    points, faces, groups, sides = [], [], {}, []
    for bone in rig.data.bones:
        radius = radius_of(bone.name) if bone.name.startswith("DEF-") else None
        if radius is None:
            continue
        new_points, new_faces = capsule(bone.head_local, bone.tail_local, radius)
        first = len(points)
        points += new_points
        faces += [tuple(first + i for i in face) for face in new_faces]
        groups[bone.name] = range(first, len(points))
        side = bone.name.split(".")[1] if "." in bone.name else ""
        sides += [side if side in COLOURS else ""] * len(new_faces)
    mesh = bpy.data.meshes.new("body")
    mesh.from_pydata(points, [], faces)
    for colour in COLOURS.values():
        material = bpy.data.materials.new("body")
        material.diffuse_color = colour
        mesh.materials.append(material)
    for face, side in zip(mesh.polygons, sides):
        face.use_smooth = True
        face.material_index = list(COLOURS).index(side)
    body = bpy.data.objects.new("body", mesh)
    bpy.context.scene.collection.objects.link(body)
    for name, members in groups.items():
        body.vertex_groups.new(name=name).add(list(members), 1.0, "REPLACE")
    body.modifiers.new("skin", "ARMATURE").object = rig


def make_ground():
    mesh = bpy.data.meshes.new("ground")
    mesh.from_pydata([(-6, -9, 0), (6, -9, 0), (6, 9, 0), (-6, 9, 0)], [], [(0, 1, 2, 3)])
    material = bpy.data.materials.new("ground")
    material.diffuse_color = (0.72, 0.74, 0.77, 1)
    mesh.materials.append(material)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("ground", mesh))


def make_camera(view):
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    bpy.context.scene.collection.objects.link(camera)
    camera.location = Vector((5.2, -0.9, 1.25)) if view == "side" else Vector((0.9, -5.2, 1.25))
    towards = Vector((0, 0, 0.95)) - camera.location
    camera.rotation_euler = towards.to_track_quat("-Z", "Y").to_euler()
    camera.data.lens = 70
    bpy.context.scene.camera = camera


def set_up_render():
    scene = bpy.context.scene
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.display.shading.light = "STUDIO"
    scene.display.shading.color_type = "MATERIAL"
    scene.display.shading.show_shadows = True
    scene.display.shading.show_cavity = True
    scene.world = scene.world or bpy.data.worlds.new("world")
    scene.world.color = (0.80, 0.82, 0.85)
    scene.display.shading.background_type = "WORLD"
    scene.view_settings.view_transform = "Standard"
    scene.render.resolution_x, scene.render.resolution_y = 320, 360
    scene.render.film_transparent = False


def main(path, folder, view="side", step="1"):
    import rigjit_blender

    os.makedirs(folder, exist_ok=True)
    rig = next(found for found in bpy.data.objects if found.type == "ARMATURE")
    clip = rigjit_blender.open_clip(path)
    rigjit_blender.keyframe(rig, clip, placement=rigjit_blender.Placement(frame_rate="FRAMES"))
    for found in list(bpy.data.objects):
        if found.type in ("MESH", "LIGHT", "CAMERA"):
            found.hide_render = True
    make_body(rig)
    make_ground()
    make_camera(view)
    set_up_render()
    scene = bpy.context.scene
    for place in range(0, len(clip), int(step)):
        scene.frame_set(clip.start_frame + place)
        scene.render.filepath = os.path.join(folder, f"{view}_{place:03d}.png")
        bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    main(*sys.argv[sys.argv.index("--") + 1 :])
    sys.stdout.flush()
    os._exit(0)
