"""rigjit_blender without a window.

    blender -b hero.blend --python bindings/blender/command.py -- spec --out hero.yaml
    blender -b hero.blend --python … -- clip walk.safetensors --save out.blend
    blender -b hero.blend --python … -- poses --out take.jsonl
    blender -b hero.blend --python … -- collision --out hero.safetensors
    blender -b hero.blend --python … -- mark worst.jsonl --save out.blend

Exit code 0: done; 1: what is wrong is printed, nothing is written; 2: wrong usage.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import argparse
import os
import sys
import traceback

import bpy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rigjit_blender
from rigjit_blender import controls, norms, spec_writer


def parser():
    top = argparse.ArgumentParser(prog="command.py", description="rigjit in Blender, from scripts")
    commands = top.add_subparsers(dest="command", required=True)
    for name, about in (
        ("spec", "write the spec of an armature"),
        ("clip", "key a clip on an armature"),
        ("poses", "write the poses of an armature, one a line, or a clip of them"),
        ("collision", "write hulls of the bones and a motion, for `rigjit penetrations`"),
        ("mark", "mark the worst frames that `rigjit penetrations` found"),
    ):
        command = commands.add_parser(name, help=about)
        if name != "mark":
            command.add_argument(
                "--armature", help="the object's name; default: the only, or active one"
            )
        if name in ("clip", "mark"):
            command.add_argument("--save", required=True, help="the .blend to be written")
        else:
            command.add_argument("--out", required=True)
        if name in ("spec", "poses"):
            command.add_argument("--which", choices=sorted(controls.CHOICES), default="CONTROLS")
        if name == "spec":
            command.add_argument("--source", choices=norms.CHOICES, default="LIMITS")
            command.add_argument("--switches", choices=spec_writer.SWITCHES, default="ATTRIBUTE")
        if name == "clip":
            command.add_argument("clip")
            command.add_argument("--name", help="of the action")
            command.add_argument(
                "--frame-rate", choices=("CONVERT", "FRAMES", "SCENE"), default="CONVERT"
            )
            command.add_argument(
                "--range", action="store_true", help="give the scene the clip's range"
            )
        if name == "mark":
            command.add_argument("file", help="of `rigjit penetrations -o`")
            command.add_argument("--count", type=int, default=20, help="how many, worst first")
        if name in ("poses", "collision", "mark"):
            command.add_argument("--start", type=int, help="default: the scene's")
        if name in ("poses", "collision"):
            command.add_argument("--end", type=int)
    return top


def find_armature(name):
    armatures = [found for found in bpy.data.objects if found.type == "ARMATURE"]
    if name is not None:
        named = [found for found in armatures if found.name == name]
        if not named:
            known = ", ".join(repr(found.name) for found in armatures) or "none"
            raise rigjit_blender.SceneError(f"no armature {name!r}; there are: {known}")
        return named[0]
    active = bpy.context.view_layer.objects.active
    if active in armatures:
        return active
    generated = [found for found in armatures if not _is_metarig(found)]
    if len(generated) != 1:
        known = ", ".join(repr(found.name) for found in armatures) or "none"
        raise rigjit_blender.SceneError(f"which armature? --armature NAME, of {known}")
    return generated[0]


def _is_metarig(armature):
    """Rigify's plan of a rig, beside the rig that was made of it."""
    return any("rigify_type" in bone and bone["rigify_type"] for bone in armature.pose.bones)


def run_spec(armature, options):
    text, left_out = rigjit_blender.spec(
        armature, which=options.which, source=options.source, switches=options.switches
    )
    with open(options.out, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return [f"left out: {bone}: {what}: {why}" for bone, what, why in left_out] + [options.out]


def run_clip(armature, options):
    clip = rigjit_blender.open_clip(options.clip)
    placement = rigjit_blender.Placement(frame_rate=options.frame_rate, scene_range=options.range)
    action, plan = rigjit_blender.keyframe(armature, clip, options.name, placement=placement)
    bpy.ops.wm.save_as_mainfile(filepath=os.path.abspath(options.save))
    lines = [f"left out: {name}.{what}: {why}" for name, what, why in plan.left_out]
    lines.append(f"{plan.applied} of {plan.channels} channels, {len(clip)} frames: {action.name}")
    return lines


def frames_of(options):
    scene = bpy.context.scene
    start = scene.frame_start if options.start is None else options.start
    end = scene.frame_end if options.end is None else options.end
    if end < start:
        raise rigjit_blender.SceneError(f"the last frame, {end}, is before the first, {start}")
    return range(start, end + 1)


def run_poses(armature, options):
    frames = frames_of(options)
    if options.out.endswith((".safetensors", ".clip")):
        count = rigjit_blender.write_clip(options.out, armature, frames, options.which)
    else:
        found = rigjit_blender.poses(armature, frames, options.which)
        count = rigjit_blender.write_jsonl(options.out, found)
    return [f"{count} frames: {options.out}"]


def run_collision(armature, options):
    paths, left_out = rigjit_blender.write_collision(options.out, armature, frames_of(options))
    return [f"left out: {name}: {what}: {why}" for name, what, why in left_out] + paths


def run_mark(_, options):
    found = rigjit_blender.mark_penetrations(options.file, options.start, options.count)
    bpy.ops.wm.save_as_mainfile(filepath=os.path.abspath(options.save))
    return [f"frame {frame}: {', '.join(pairs)}: {depth:g}" for frame, pairs, depth in found]


RUN = {
    "spec": run_spec,
    "clip": run_clip,
    "poses": run_poses,
    "collision": run_collision,
    "mark": run_mark,
}


def main(arguments):
    try:
        options = parser().parse_args(arguments)
    except SystemExit as end:
        return end.code or 0
    try:
        armature = None if options.command == "mark" else find_armature(options.armature)
        for line in RUN[options.command](armature, options):
            print(line)
    except (ValueError, OSError, RuntimeError) as error:
        print(f"rigjit: {error}", file=sys.stderr)
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    code = main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else [])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # some Blenders hang or crash when they end as a module
