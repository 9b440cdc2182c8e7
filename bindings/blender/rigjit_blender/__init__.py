"""rigjit in Blender: specs from rigs, clips and live streams on characters, poses for training.

    text, left_out = rigjit_blender.spec(armature)
    action, plan = rigjit_blender.keyframe(armature, rigjit_blender.open_clip("walk.safetensors"))
    rigjit_blender.Player(armature, clip).show(clip[0])
    rigjit_blender.write_jsonl("take.jsonl", rigjit_blender.poses(armature, range(1, 241)))
    link = rigjit_blender.Link(armature, "127.0.0.1", 7001); link.start()

As an add-on it has menu entries, a panel in the sidebar and operators, bpy.ops.rigjit. Everything
runs in Blender's main thread.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from .hulls import hulls
from .keys import Placement, keyframe
from .link import Link
from .penetrations import mark_penetrations, write_collision
from .plan import Choices, Plan, make_plan
from .player import Player
from .problems import SceneError
from .reader import rigjit_clip
from .spec_writer import spec
from .takes import poses, write_clip, write_clips, write_jsonl

# For Blender before 4.2; later ones read blender_manifest.toml.
bl_info = {
    "name": "rigjit",
    "author": "rigjit",
    "version": (0, 1, 0),
    "blender": (3, 4, 0),
    "location": "3D View > Sidebar > rigjit; File > Import, Export",
    "description": "Specs from rigs, clips and live streams on characters",
    "category": "Animation",
}

open_clip = rigjit_clip.open

__all__ = [
    "Choices",
    "Link",
    "Placement",
    "Plan",
    "Player",
    "SceneError",
    "hulls",
    "keyframe",
    "make_plan",
    "mark_penetrations",
    "open_clip",
    "poses",
    "register",
    "spec",
    "unregister",
    "write_clip",
    "write_clips",
    "write_collision",
    "write_jsonl",
]


def register():
    from . import interface

    interface.register()


def unregister():
    from . import interface

    interface.unregister()
