"""A character whose hand goes into its torso.

{"folder", "worst" or none} -> hulls and motion in the folder, and what Blender says of the points;
or with the worst frames of `rigjit penetrations` the markers that they become.
"""

import os

import bpy
import helper

FIRST, LAST = 5, 24
BONES = {"torso": None, "arm.L": "torso", "hand.L": "arm.L", "tail": "torso", "flat": "torso"}
# A box of a bone: where it is in the armature, half of its size.
BOXES = {
    "torso": ((0, 0, 0), 0.5),
    "arm.L": ((1, 0.5, 0), 0.2),
    "hand.L": ((2, 0.5, 0), 0.25),
    "flat": ((4, 0, 0), 0.2),
}


def box(centre, half, height=1.0):
    return [
        tuple(c + half * s for c, s in zip(centre, (x, y, z * height)))
        for x in (-1, 1)
        for y in (-1, 1)
        for z in (-1, 1)
    ]


def make_body(armature):
    """A mesh with vertices of each bone, of two bones at once, and of none."""
    points, members = [], {}
    for name, (centre, half) in BOXES.items():
        members[name] = range(len(points), len(points) + 8)
        points += box(centre, half, 0.0 if name == "flat" else 1.0)
    points += [(2.0, 0.5, 0.0), (9.0, 9.0, 9.0), (0.0, 0.0, 0.0)]
    mesh = bpy.data.meshes.new("body")
    mesh.from_pydata(points, [], [])
    body = bpy.data.objects.new("body", mesh)
    bpy.context.scene.collection.objects.link(body)
    for name in BOXES:
        body.vertex_groups.new(name=name).add(list(members[name]), 1.0, "REPLACE")
    shared, none, zero = range(len(points) - 3, len(points))
    body.vertex_groups["arm.L"].add([shared], 0.4, "REPLACE")
    body.vertex_groups["hand.L"].add([shared], 0.6, "REPLACE")
    body.vertex_groups.new(name="no bone").add([none], 1.0, "REPLACE")
    body.vertex_groups["torso"].add([zero], 0.0, "REPLACE")
    body.modifiers.new("skin", "ARMATURE").object = armature
    body.parent, body.location = armature, (0.25, 0, 0)
    return body


def make_character():
    armature = helper.new_armature("hero", BONES)
    armature.location, armature.rotation_euler = (10, -3, 2), (0.1, 0.2, 0.7)
    armature.scale = (2, 2, 2)
    body = make_body(armature)
    hidden = make_body(armature)
    hidden.name = "hidden"
    hidden.hide_set(True)
    hand = armature.pose.bones["hand.L"]
    for frame, x in ((FIRST, 0.0), (14, -1.45), (LAST, 0.0)):
        hand.location[0] = x
        hand.keyframe_insert("location", index=0, frame=frame)
        armature.rotation_euler[1] = 0.02 * frame
        armature.keyframe_insert("rotation_euler", frame=frame)
    # A prop that hangs on a bone as a whole.
    prop = bpy.data.objects.new("prop", bpy.data.meshes.new("prop"))
    prop.data.from_pydata(box((0, 0, 0), 0.1), [], [])
    bpy.context.scene.collection.objects.link(prop)
    prop.parent, prop.parent_type, prop.parent_bone = armature, "BONE", "hand.L"
    prop.location = (0, 0.3, 0)
    return armature, body, prop


def world_points(found):
    depsgraph = bpy.context.evaluated_depsgraph_get()
    evaluated = found.evaluated_get(depsgraph)
    mesh = evaluated.to_mesh()
    points = [list(evaluated.matrix_world @ vertex.co) for vertex in mesh.vertices]
    evaluated.to_mesh_clear()
    return points


def write(rj, path):
    armature, body, prop = make_character()
    scene = bpy.context.scene
    scene.frame_set(9)
    before = helper.bones_now(armature), scene.frame_current, armature.data.pose_position
    clouds, _ = rj.hulls(armature)
    paths, left_out = rj.write_collision(path, armature, range(FIRST, LAST + 1))
    assert before == (
        helper.bones_now(armature),
        scene.frame_current,
        armature.data.pose_position,
    )
    frames = []
    for frame in range(FIRST, LAST + 1):
        scene.frame_set(frame)
        frames.append({"body": world_points(body), "prop": world_points(prop)})
    chosen, _ = rj.hulls(armature, [prop])
    return {
        "paths": paths,
        "left_out": left_out,
        "frames": frames,
        "count": {name: len(points) for name, points in clouds.items()},
        "chosen": list(chosen),
    }


def refused(rj, folder):
    """What is said of scenes without hulls and of files that are none."""
    said = []
    bare = helper.new_armature("bare", {"bone": None})
    nonsense = os.path.join(folder, "nonsense.jsonl")
    with open(nonsense, "w", encoding="utf-8") as file:
        file.write('{"frame": 1}\n')
    for call in (
        lambda: rj.hulls(bare),
        lambda: rj.hulls(bpy.data.objects["hero"], [bare]),
        lambda: rj.write_collision(os.path.join(folder, "x.safetensors"), bare, []),
        lambda: rj.mark_penetrations(nonsense),
    ):
        try:
            call()
        except rj.SceneError as error:
            said.append(str(error))
    return said


def mark(rj, worst):
    scene = bpy.context.scene
    scene.timeline_markers.new("mine", frame=3)
    rj.mark_penetrations(worst, FIRST)
    found = rj.mark_penetrations(worst, FIRST, 1)  # in place of the first call's
    one = [(marker.name, marker.frame) for marker in scene.timeline_markers]
    rj.mark_penetrations(worst, FIRST)
    every = [(marker.name, marker.frame) for marker in scene.timeline_markers]
    return {"found": found, "one": one, "all": every}


def main(given):
    import rigjit_blender as rj

    if "worst" in given:
        return mark(rj, given["worst"])
    found = write(rj, os.path.join(given["folder"], "hero.safetensors"))
    return {**found, "said": refused(rj, given["folder"])}


helper.run(main)
