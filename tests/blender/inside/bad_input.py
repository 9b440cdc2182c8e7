"""What is refused: {"clips": {name: path}, "folder"} -> {case: what was said}.

Every case must end with a SceneError or ValueError and leave the scene as it was.
"""

import os

import bpy
import helper


def state():
    found = [sorted(action.name for action in bpy.data.actions)]
    for item in bpy.data.objects:
        if item.type == "ARMATURE" and item.mode != "EDIT":
            found.append((item.name, helper.bones_now(item)))
        animation = item.animation_data
        found.append((item.name, animation.action.name if animation and animation.action else None))
    return repr(found)


class Said:
    """Collects what the cases say."""

    def __init__(self):
        self.lines = {}

    def case(self, name, call, *arguments, **options):
        before = state()
        try:
            call(*arguments, **options)
        except ValueError as error:
            self.lines[name] = str(error)
        else:
            raise AssertionError(name + " was not refused")
        if state() != before:
            raise AssertionError(name + " changed the scene")


def main(given):
    import rigjit_blender as rj
    from rigjit_blender.reader import rigjit_clip

    said = Said()
    clips = {}
    for name, path in given["clips"].items():
        try:
            clips[name] = rj.open_clip(path)
        except ValueError as error:
            said.lines["open " + name] = str(error)
    good = clips["good"]
    armature = helper.new_armature("hero", {"main": None, "turn": None})
    armature.pose.bones["main"]["level"] = 1
    said.case("other rig", rj.keyframe, armature, clips["other"])
    said.case("nan keyed", rj.keyframe, armature, clips["nan"])
    said.case("nan shown", rj.Player(armature, clips["nan"]).show, clips["nan"][1])
    said.case("zero quaternion", rj.keyframe, armature, clips["zero"])
    said.case("zero shown", rj.Player(armature, clips["zero"]).show, clips["zero"][1])
    said.case("huge", rj.keyframe, armature, clips["huge"])
    said.case("huge shown", rj.Player(armature, clips["huge"]).show, clips["huge"][1])
    said.case("no frames", rj.keyframe, armature, clips["empty"])
    said.case("short frame", rj.Player(armature, good).show, good[0][:-1])
    said.case("no such bone", rj.spec, armature, ["nobody"])
    said.case("no such choice", rj.spec, armature, None, "SOME")
    said.case("refuse missing", rj.keyframe, armature, good, None, rj.Choices(missing="REFUSE"))
    said.case("no armature", rj.spec, None)

    empty = bpy.data.objects.new("empty", bpy.data.armatures.new("empty"))
    bpy.context.scene.collection.objects.link(empty)
    for name, call in (("keyframe", rj.keyframe), ("player", rj.Player)):
        said.case(f"no bones, {name}", call, empty, good)
    said.case("no bones, spec", rj.spec, empty)
    light = bpy.data.objects.new("light", None)
    said.case("no armature, spec", rj.spec, light)

    # An armature object that was just made has no pose yet.
    another = bpy.data.objects.new("another", armature.data)
    bpy.context.scene.collection.objects.link(another)
    rj.Player(another, good).show(good[1])
    if abs(another.pose.bones["main"].location[0] - good[1][0]) > 1e-6:
        raise AssertionError("the second armature of a rig does not follow")

    helper.activate(armature)
    bpy.ops.object.mode_set(mode="EDIT")
    said.case("edit mode", rj.Player, armature, good)
    said.case("edit mode, spec", rj.spec, armature)
    bpy.ops.object.mode_set(mode="POSE")

    # Tweak mode: the action is read-only.
    rj.keyframe(armature, good, placement=rj.Placement(strip=True))
    track = armature.animation_data.nla_tracks[0]
    track.is_solo = False
    track.strips[0].select = True
    armature.animation_data.nla_tracks.active = track
    armature.animation_data.use_tweak_mode = True
    if armature.animation_data.use_tweak_mode:
        said.case("tweak mode", rj.keyframe, armature, good)
        armature.animation_data.use_tweak_mode = False

    player = rj.Player(armature, good)
    said.lines["locked"] = locked(rj, good)
    said.case("online", rj.Link, armature, "192.0.2.1", 7001) if not getattr(
        bpy.app, "online_access", True
    ) else None
    linked(given, said, rj, good)
    bpy.data.objects.remove(armature)
    said.case("deleted", player.show, good[0])
    del rigjit_clip
    return said.lines


def locked(rj, good):
    """Locked and driven channels are left out, said once, and keep their values."""
    armature = helper.new_armature("locked", {"main": None, "turn": None})
    main = armature.pose.bones["main"]
    main["level"] = 1
    main["text"] = "x"
    main.lock_location[1] = True
    curve = main.driver_add("location", 2)
    curve.driver.expression = "0.25"
    player = rj.Player(armature, good)
    player.show(good[0])
    _, plan = rj.keyframe(armature, good)
    if player.left_out != plan.left_out or main.location[1] != 0.0:
        raise AssertionError(f"{player.left_out} {plan.left_out}")
    return plan.left_out


def linked(given, said, rj, good):
    """A rig from another file: refused as it is, fine as an editable override."""
    path = os.path.join(given["folder"], "library.blend")
    armature = helper.new_armature("library", {"main": None, "turn": None})
    armature.pose.bones["main"]["level"] = 1
    bpy.data.libraries.write(path, {armature})
    bpy.data.objects.remove(armature)
    with bpy.data.libraries.load(path, link=True) as (source, target):
        target.objects = list(source.objects)
    found = target.objects[0]
    bpy.context.scene.collection.objects.link(found)
    said.case("linked", rj.keyframe, found, good)
    said.case("linked, player", rj.Player, found, good)
    text, _ = rj.spec(found)
    if "main" not in text:
        raise AssertionError("a spec can be written of a linked rig")
    helper.activate(armature=bpy.data.objects["hero"])
    override = found.override_hierarchy_create(
        bpy.context.scene, bpy.context.view_layer, do_fully_editable=True
    )
    player = rj.Player(override, good)
    player.show(good[0])
    if abs(override.pose.bones["main"].location[0] - good[0][0]) > 1e-6:
        raise AssertionError("an override follows")
    rj.keyframe(override, good)


helper.run(main)
