"""Keys a walk on Rigify's human, and writes it as a clip and a spec.

    blender -b --factory-startup --python configs/rigify/walk.py -- FOLDER

Needs Blender with Rigify, 3.4 or later, and the source tree beside it. FOLDER gets
human_walk.safetensors, a cycle of 24 frames in place; human_travel.safetensors, two cycles that go
somewhere; rigify_walk.yaml, whose scale and center are the walk's; human_walk.json, what was
measured; human_walk.blend.

Lengths are metres, angles radians, the rig looks along -Y. A phase is a share of the cycle; at 0
the left heel strikes, at half a cycle the right one.
"""

import json
import math
import os
import sys

import bpy
from mathutils import Quaternion, Vector

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bindings", "blender"))

FRAMES = 24
STRIDE = 0.96  # of a cycle
STANCE = 0.62  # share of the cycle that a foot is on the ground
FLAT, HEEL_UP = 0.10, 0.38  # phases at which the sole comes down and the heel leaves
TOES_UP, ROLL = math.radians(18), math.radians(38)  # at the strike; at the end of the stance
LIFT = 0.05  # of the ankle in the swing, beyond what the roll gives
DROP, BOB = 0.019, 0.015  # of the hips below standing; up and down around it
SWAY = 0.022
HIPS_YAW, CHEST_YAW, HIPS_ROLL = (math.radians(angle) for angle in (5, 6, 2.5))
ARM_DOWN, ARM_SWING, ELBOW = (math.radians(angle) for angle in (51, 20, 14))
HEEL, BALL = Vector((0.098, 0.070, 0.0)), Vector((0.098, -0.093, 0.0))  # of the left sole
X, Y, Z = Vector((1, 0, 0)), Vector((0, 1, 0)), Vector((0, 0, 1))


def smooth(value):
    """0 to 1 with level ends."""
    value = min(max(value, 0.0), 1.0)
    return value * value * (3 - 2 * value)


def foot_forward(phase):
    """How far a foot is before the hips: straight back on the ground, and forth in the air."""
    front = STRIDE * STANCE / 2
    if phase < STANCE:
        return front - STRIDE * phase
    # A cubic that leaves and lands as fast as the ground goes.
    share, length = (phase - STANCE) / (1 - STANCE), 1 - STANCE
    slope = -STRIDE * length
    h = share * share
    return (
        (2 * h * share - 3 * h + 1) * -front
        + (h * share - 2 * h + share) * slope
        + (-2 * h * share + 3 * h) * front
        + (h * share - h) * slope
    )


def foot_pitch(phase):
    """Of the sole: positive with toes up, about the heel; negative, heel up, about the ball."""
    if phase < FLAT:
        return TOES_UP * (1 - smooth(phase / FLAT))
    if phase < HEEL_UP:
        return 0.0
    if phase < STANCE:
        return -ROLL * smooth((phase - HEEL_UP) / (STANCE - HEEL_UP) * 0.5) * 2
    return -ROLL + (ROLL + TOES_UP) * smooth((phase - STANCE) / (1 - STANCE))


def pose_foot(rig, side, phase):
    sign = 1 if side == "L" else -1
    pitch = foot_pitch(phase)
    turn = Quaternion(X, pitch * -1)
    control = rig.pose.bones[f"foot_ik.{side}"]
    pivot = (HEEL if pitch > 0 else BALL).copy()
    pivot.x *= sign
    head = control.bone.head_local
    move = pivot + turn @ (head - pivot) - head
    move.y -= foot_forward(phase)
    if phase > STANCE:
        move.z += LIFT * math.sin(math.pi * (phase - STANCE) / (1 - STANCE)) ** 2
    put(control, move, turn)
    bend = min(0.0, pitch) if phase < STANCE else -ROLL * (1 - smooth((phase - STANCE) / 0.12))
    put(rig.pose.bones[f"toe_ik.{side}"], None, Quaternion(X, bend))


def pose_arm(rig, side, phase):
    """Opposite to the leg of its side."""
    sign = 1 if side == "L" else -1
    swing = ARM_SWING * math.cos(2 * math.pi * phase)
    down = Quaternion(Y, sign * ARM_DOWN)
    put(rig.pose.bones[f"upper_arm_fk.{side}"], None, Quaternion(X, swing) @ down)
    bend = Quaternion(X, -ELBOW - 0.4 * (ARM_SWING - swing))
    put(rig.pose.bones[f"forearm_fk.{side}"], None, down.inverted() @ bend @ down)


def put(bone, move, turn):
    """Move and turn a bone by the axes of the rig, from its rest pose."""
    rest = bone.bone.matrix_local.to_3x3()
    if move is not None:
        bone.location = rest.inverted() @ move
    matrix = rest.inverted() @ turn.to_matrix() @ rest
    if bone.rotation_mode == "QUATERNION":
        old = bone.rotation_quaternion.copy()
        new = matrix.to_quaternion()
        bone.rotation_quaternion = new if old.dot(new) >= 0 else -new
    else:
        bone.rotation_euler = matrix.to_euler(bone.rotation_mode, bone.rotation_euler)


def pose_body(rig, phase):
    bones = rig.pose.bones
    once, twice = 2 * math.pi * phase, 4 * math.pi * (phase - 0.04)
    side = math.sin(once - 2 * math.pi * 0.05)  # 1: over the left foot
    put(bones["torso"], Vector((SWAY * side, 0, -DROP - BOB * math.cos(twice))), Quaternion())
    yaw = Quaternion(Z, -HIPS_YAW * math.cos(once))
    put(bones["hips"], None, yaw @ Quaternion(Y, -HIPS_ROLL * side))
    put(bones["chest"], None, Quaternion(Z, CHEST_YAW * math.cos(once)))


def pose_walk(rig, time):
    """time: in cycles."""
    for side, begin in (("L", 0.0), ("R", 0.5)):
        phase = (time + begin) % 1.0
        pose_foot(rig, side, phase)
        pose_arm(rig, side, phase)
    pose_body(rig, time % 1.0)


_LIMBS = ("foot_ik", "toe_ik", "upper_arm_fk", "forearm_fk")
MOVED = ("torso", "hips", "chest", "root", *(f"{n}.{side}" for n in _LIMBS for side in "LR"))


def key_walk(rig, name, cycles, travels):
    """An action that begins at frame 1."""
    for side in "LR":
        rig.pose.bones[f"upper_arm_parent.{side}"]["IK_FK"] = 1.0
    rig.animation_data_create().action = bpy.data.actions.new(name)
    for frame in range(1, cycles * FRAMES + 2):
        time = (frame - 1) / FRAMES
        pose_walk(rig, time)
        rig.pose.bones["root"].location = (0, -STRIDE * time if travels else 0, 0)
        for bone in map(rig.pose.bones.get, MOVED):
            bone.keyframe_insert("location", frame=frame)
            prop = "quaternion" if bone.rotation_mode == "QUATERNION" else "euler"
            bone.keyframe_insert("rotation_" + prop, frame=frame)
    for side in "LR":
        switch = rig.pose.bones[f"upper_arm_parent.{side}"]
        switch.keyframe_insert('["IK_FK"]', frame=1)


def measure(rig, frames):
    """Of a walk that travels: what slides, what bends backwards, what jumps."""
    from_foot = {side: rig.data.bones[f"DEF-foot.{side}"].matrix_local.inverted() for side in "LR"}
    tracks, knees, heads, steps = {}, [], [], []
    before = None
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        bones = rig.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
        for side, begin in (("L", 0.0), ("R", 0.5)):
            phase = ((frame - 1) / FRAMES + begin) % 1.0
            sole = bones[f"DEF-foot.{side}"].matrix @ from_foot[side]
            for name, point, low, high in (
                ("heel", HEEL, 0.0, HEEL_UP),
                ("ball", BALL, FLAT, STANCE),
            ):
                at = sole @ Vector((point.x * (1 if side == "L" else -1), point.y, point.z))
                known = tracks.setdefault((side, name), [])
                known.append(at.copy() if low <= phase <= high else None)
            hip, knee, ankle = (
                bones[f"DEF-{name}.{side}"].matrix.translation for name in ("thigh", "shin", "foot")
            )
            line = (ankle - hip).normalized()
            knees.append(-((knee - hip) - line * (knee - hip).dot(line)).y)
        head = bones["DEF-spine.006"].matrix
        heads.append((head @ Vector((0, 1, 0)) - head.translation).normalized().angle(Z))
        here = {bone.name: bone.matrix.translation.copy() for bone in bones if "DEF-" in bone.name}
        root = bones["root"].matrix.translation.copy()
        here = {name: place - root for name, place in here.items()}
        if before is not None:
            steps.append(max((here[name] - before[name]).length for name in here))
        before = here
    slides = [
        (b - a).length
        for track in tracks.values()
        for a, b in zip(track, track[1:])
        if a is not None and b is not None
    ]
    return {
        "largest slide of a foot on the ground, metres a frame": max(slides),
        "least bend of a knee forward, metres": min(knees),
        "largest step of a bone against the root, metres a frame": max(steps),
        "largest lean of the head, degrees": math.degrees(max(heads)),
        "head's lean changes by, degrees": math.degrees(max(heads) - min(heads)),
    }


def make_human():
    bpy.ops.preferences.addon_enable(module="rigify")
    for old in list(bpy.data.objects):
        bpy.data.objects.remove(old)
    bpy.ops.object.armature_human_metarig_add()
    metarig = bpy.context.view_layer.objects.active
    bpy.ops.pose.rigify_generate()
    rig = bpy.context.view_layer.objects.active
    bpy.data.objects.remove(metarig)
    rig.name = "human"
    return rig


def main(folder):
    import rigjit_blender

    os.makedirs(folder, exist_ok=True)
    rig = make_human()
    key_walk(rig, "travel", 2, travels=True)
    measured = measure(rig, range(1, 2 * FRAMES + 1))
    path = os.path.join(folder, "human_travel.safetensors")
    rigjit_blender.write_clip(path, rig, range(1, 2 * FRAMES + 1))
    key_walk(rig, "walk", 1, travels=False)
    path = os.path.join(folder, "human_walk.safetensors")
    rigjit_blender.write_clip(path, rig, range(1, FRAMES + 1))
    text, _ = rigjit_blender.spec(rig, source="ACTIONS")
    with open(
        os.path.join(folder, "rigify_walk.yaml"), "w", encoding="utf-8", newline="\n"
    ) as file:
        file.write(text)
    with open(os.path.join(folder, "human_walk.json"), "w", encoding="utf-8") as file:
        json.dump(measured, file, indent=1)
        file.write("\n")
    print(json.dumps(measured, indent=1))
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(folder, "human_walk.blend"))


if __name__ == "__main__":
    code = 1
    try:
        main(os.path.abspath(sys.argv[-1]))
        code = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        if code == 0:
            os._exit(0)  # some Blenders hang or crash when they end as a module
