"""Run by Blender: draws the picture of the README, sketches above the poses that they became.

blender --background --factory-startup --python configs/sketch/render.py -- POSES.json OUTPUT.png

POSES.json is what picture.py writes: of each sketch its strokes, and the pose that the server gave.
The character is capsules on Rigify's deform bones; Cycles renders all of it in one scene.
"""

import functools
import json
import math
import os
import sys

import bmesh
import bpy
from mathutils import Vector

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import export_facts

PITCH = 2.0  # metres from one character to the next
SKETCH_HEIGHT = 2.62  # of the sketches above the poses
RADII = {"spine": 0.095, "spine.004": 0.06, "spine.006": 0.11, "thigh": 0.075, "shin": 0.055}
RADII.update({"foot": 0.045, "toe": 0.04, "shoulder": 0.055, "upper_arm": 0.052, "forearm": 0.042})
RADII.update({"hand": 0.045})
LEFT_OUT = ("DEF-breast", "DEF-pelvis", "DEF-spine.005")
COLORS = {"L": (0.85, 0.32, 0.05), "R": (0.05, 0.3, 0.75), "": (0.42, 0.44, 0.5)}


def material(name, color, emits=False):
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    nodes = made.node_tree.nodes
    shader = nodes["Principled BSDF"]
    if emits:
        shader = nodes.new("ShaderNodeEmission")
        made.node_tree.links.new(shader.outputs[0], nodes["Material Output"].inputs[0])
        shader.inputs["Color"].default_value = (*color, 1)
    else:
        shader.inputs["Base Color"].default_value = (*color, 1)
        shader.inputs["Roughness"].default_value = 0.55
    return made


def add(mesh_or_curve, shade, place=(0, 0, 0)):
    made = bpy.data.objects.new("part", mesh_or_curve)
    made.data.materials.append(shade)
    made.location = place
    bpy.context.scene.collection.objects.link(made)
    return made


def tube(points, radius, shade, place=(0, 0, 0)):
    """A round line through points, with round ends."""
    curve = bpy.data.curves.new("tube", "CURVE")
    curve.dimensions = "3D"
    curve.bevel_depth = radius
    curve.bevel_resolution = 6
    line = curve.splines.new("POLY")
    line.points.add(len(points) - 1)
    for point, where in zip(line.points, points, strict=True):
        point.co = (*where, 1)
    add(curve, shade, place)
    for where in points:
        made = bpy.data.objects.new("end", ball(radius, shade))
        made.location = Vector(where) + Vector(place)
        bpy.context.scene.collection.objects.link(made)


@functools.cache
def ball(radius, shade):
    """A mesh, made once: the operator that adds one evaluates the whole scene each time."""
    shape = bmesh.new()
    # A little smaller than the line: where both surfaces coincide, they shadow each other.
    bmesh.ops.create_uvsphere(shape, u_segments=32, v_segments=16, radius=0.985 * radius)
    mesh = bpy.data.meshes.new("ball")
    shape.to_mesh(mesh)
    shape.free()
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    mesh.materials.append(shade)
    return mesh


def radius_of(bone):
    name = bone.removeprefix("DEF-")
    parts = [key for key in RADII if name.startswith(key)]
    return RADII[max(parts, key=len)] if parts else 0.05


def place_figure(rig, shades, x):
    """Capsules where the deform bones are now."""
    for index, bone in enumerate(rig.pose.bones):
        if not bone.name.startswith("DEF-") or bone.name.startswith(LEFT_OUT):
            continue
        side = next((s for s in "LR" if f".{s}" in bone.name), "")
        ends = [tuple(bone.head), tuple(bone.tail)]
        # Neighbours differ a little, so that their surfaces do not coincide either.
        radius = radius_of(bone.name) * (1 + 0.02 * (index % 3))
        tube(ends, radius, shades[side], (x, 0, 0))


def place_sketch(strokes, shade, x):
    for stroke in strokes:
        tube([(px, 0, pz) for px, pz in stroke], 0.022, shade, (x, 0, SKETCH_HEIGHT))


def show(rig, pose):
    """A pose as rigjit writes it: {control: {attribute: value}}."""
    for name, values in pose.items():
        bone = rig.pose.bones[name]
        if "rotateX" in values:
            bone.rotation_mode = "XYZ"
            bone.rotation_euler = (math.radians(values["rotateX"]), 0, 0)
        if "quaternionW" in values:
            bone.rotation_mode = "QUATERNION"
            bone.rotation_quaternion = [values[f"quaternion{axis}"] for axis in "WXYZ"]
        if "translateX" in values:
            bone.location = [values[f"translate{axis}"] for axis in "XYZ"]
        for switch in set(values) & set(export_facts.PINNED.get(name, ())):
            bone[switch] = float(values[switch])
    rig.update_tag()
    bpy.context.view_layer.update()


def stage(count):
    """Camera, light, ground."""
    scene = bpy.context.scene
    middle = (count - 1) * PITCH / 2
    bpy.ops.object.camera_add(location=(middle, -40, 2.36), rotation=(math.radians(90), 0, 0))
    scene.camera = bpy.context.object
    scene.camera.data.type = "ORTHO"
    scene.camera.data.ortho_scale = count * PITCH
    bpy.ops.object.light_add(type="SUN", rotation=(math.radians(50), math.radians(18), 0))
    bpy.context.object.data.energy = 2.6
    bpy.context.object.data.angle = 0.3
    world = bpy.data.worlds.new("sky")
    world.use_nodes = True
    light = world.node_tree.nodes["Background"]
    light.inputs[0].default_value = (1, 1, 1, 1)
    # White behind the figures, dimmer where it lights them.
    path = world.node_tree.nodes.new("ShaderNodeLightPath")
    strength = world.node_tree.nodes.new("ShaderNodeMapRange")
    strength.inputs["To Min"].default_value = 0.62
    strength.inputs["To Max"].default_value = 1.0
    world.node_tree.links.new(path.outputs["Is Camera Ray"], strength.inputs["Value"])
    world.node_tree.links.new(strength.outputs["Result"], light.inputs[1])
    scene.world = world
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 48
    scene.cycles.use_denoising = False
    scene.cycles.seed = 0
    scene.view_settings.view_transform = "Standard"
    scene.render.film_transparent = False
    scene.render.resolution_x = 1320
    scene.render.resolution_y = int(1320 * 5.0 / (count * PITCH))
    scene.render.image_settings.color_depth = "8"
    scene.render.image_settings.compression = 90


def main():
    """Render."""
    source, output = sys.argv[-2:]
    with open(source) as file:
        sketches = json.load(file)
    for each in list(bpy.data.objects):
        bpy.data.objects.remove(each)
    rig = export_facts.make_rig()
    shades = {side: material(f"side {side}", color) for side, color in COLORS.items()}
    ink = material("ink", (0.01, 0.01, 0.012), emits=True)
    for index, sketch in enumerate(sketches):
        show(rig, sketch["pose"])
        place_figure(rig, shades, index * PITCH)
        place_sketch(sketch["strokes"], ink, index * PITCH)
    for each in bpy.data.objects:
        if each.type == "ARMATURE" or each.name.startswith("WGT"):
            each.hide_render = True
    stage(len(sketches))
    bpy.context.scene.render.filepath = os.path.abspath(output)
    bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    main()
