"""Run by Blender: what the demo knows of Rigify's basic human, written to facts.json.

blender --background --factory-startup --python configs/sketch/export_facts.py -- OUTPUT.json

Rest matrices and parents of 14 controls, the joints that they carry, and 40 random poses with the
places of those joints as Blender evaluates them, against which the demo's forward kinematics is
tested. Not part of a build: facts.json is committed.
"""

import json
import random
import sys

import bpy
from mathutils import Quaternion, Vector

# Each control and the control that it moves with, as long as the switches below are pinned.
PARENTS = {
    "torso": None,
    "spine_fk.003": "torso",
    "neck": "spine_fk.003",
    "head": "neck",
    "upper_arm_fk.L": "spine_fk.003",
    "forearm_fk.L": "upper_arm_fk.L",
    "upper_arm_fk.R": "spine_fk.003",
    "forearm_fk.R": "upper_arm_fk.R",
    "thigh_fk.L": "torso",
    "shin_fk.L": "thigh_fk.L",
    "foot_fk.L": "shin_fk.L",
    "thigh_fk.R": "torso",
    "shin_fk.R": "thigh_fk.R",
    "foot_fk.R": "shin_fk.R",
}
HINGES = ("forearm_fk", "shin_fk", "foot_fk")
PINNED = {
    **{f"{limb}_parent.{side}": {"IK_FK": 1, "FK_limb_follow": 0}
       for limb in ("upper_arm", "thigh") for side in "LR"},
    "torso": {"neck_follow": 1, "head_follow": 1},
}  # fmt: skip
# Joint: the control that carries it, the bone, and which of its ends.
JOINTS = {
    "pelvis": ("torso", "DEF-spine", "head"),
    "chest": ("spine_fk.003", "spine_fk.003", "head"),
    "neck": ("neck", "neck", "head"),
    "head": ("head", "head", "head"),
    "crown": ("head", "DEF-spine.006", "tail"),
}
for _side in "LR":
    JOINTS[f"shoulder.{_side}"] = (f"upper_arm_fk.{_side}", f"upper_arm_fk.{_side}", "head")
    JOINTS[f"elbow.{_side}"] = (f"forearm_fk.{_side}", f"forearm_fk.{_side}", "head")
    JOINTS[f"wrist.{_side}"] = (f"forearm_fk.{_side}", f"forearm_fk.{_side}", "tail")
    JOINTS[f"hip.{_side}"] = (f"thigh_fk.{_side}", f"thigh_fk.{_side}", "head")
    JOINTS[f"knee.{_side}"] = (f"shin_fk.{_side}", f"shin_fk.{_side}", "head")
    JOINTS[f"ankle.{_side}"] = (f"foot_fk.{_side}", f"foot_fk.{_side}", "head")
    JOINTS[f"toe.{_side}"] = (f"foot_fk.{_side}", f"foot_fk.{_side}", "tail")


def make_rig():
    """Rigify's basic human, its switches pinned."""
    bpy.ops.preferences.addon_enable(module="rigify")
    bpy.ops.object.armature_basic_human_metarig_add()
    metarig = bpy.context.object
    bpy.ops.pose.rigify_generate()
    rigs = [each for each in bpy.data.objects if each.type == "ARMATURE" and each != metarig]
    metarig.hide_set(True)
    for bone, switches in PINNED.items():
        for name, value in switches.items():
            rigs[0].pose.bones[bone][name] = float(value)
    return rigs[0]


def show(rig, pose):
    """{control: {"location", "quaternion" or "angle"}} on the rig, evaluated."""
    for name, values in pose.items():
        bone = rig.pose.bones[name]
        if "angle" in values:
            bone.rotation_mode = "XYZ"
            bone.rotation_euler = (values["angle"], 0, 0)
        else:
            bone.rotation_mode = "QUATERNION"
            bone.rotation_quaternion = values["quaternion"]
        bone.location = values.get("location", (0, 0, 0))
    rig.update_tag()
    bpy.context.view_layer.update()


def joint_places(rig):
    """[x, y, z] of every joint, in metres."""
    places = []
    for _, bone, end in JOINTS.values():
        places.append(list(getattr(rig.pose.bones[bone], end)))
    return places


def random_pose():
    """Any rotation up to a radian, also ones that no body has."""
    pose = {}
    for name in PARENTS:
        if name.startswith(HINGES):
            pose[name] = {"angle": random.uniform(-1, 1)}
        else:
            axis = Vector([random.gauss(0, 1) for _ in range(3)]).normalized()
            turn = Quaternion(axis, random.uniform(-1, 1))
            pose[name] = {"quaternion": list(turn)}
    pose["torso"]["location"] = [random.uniform(-0.3, 0.3) for _ in range(3)]
    return pose


def main():
    """Write the facts."""
    rig = make_rig()
    rest = {name: rig.data.bones[name].matrix_local for name in PARENTS}
    controls = [
        {
            "name": name,
            "parent": parent,
            "hinge": name.startswith(HINGES),
            "rest": [list(row) for row in rest[name]],
        }
        for name, parent in PARENTS.items()
    ]
    show(rig, {name: {"quaternion": (1, 0, 0, 0)} for name in PARENTS})
    joints = [
        {"name": name, "control": control, "rest": place}
        for (name, (control, _, _)), place in zip(JOINTS.items(), joint_places(rig), strict=True)
    ]
    random.seed(17)
    poses = []
    for _ in range(40):
        pose = random_pose()
        show(rig, pose)
        poses.append({"pose": pose, "joints": joint_places(rig)})
    facts = {
        "source": f"Blender {bpy.app.version_string}, Rigify's basic human; metres",
        "pinned": PINNED,
        "controls": controls,
        "joints": joints,
        "poses": poses,
    }
    with open(sys.argv[-1], "w") as file:
        json.dump(facts, file, indent=None, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
