"""What is open: the panel's clip, its preview, the live link. Nothing of Blender's is kept."""

import contextlib
import os

import bpy
from bpy.app.handlers import persistent

from .keys import Placement, key_times, keyframe
from .plan import make_plan
from .player import Player
from .preview import Snapshot
from .problems import SceneError, check_armature, check_writable
from .reader import rigjit_clip
from .recording import Recording


class _Open:
    """All of it, in one place."""

    clip = None
    path = ""
    stamp = None
    plan = None
    plan_of = ""
    player = None
    snapshot = None
    link = None
    record_start = 0
    busy = False


_open = _Open()


def active_armature(context):
    """The active armature, or that of the pose that is edited; SceneError where there is none."""
    found = context.view_layer.objects.active if context.view_layer else None
    check_armature(found)
    return found


# The clip.


def load_clip(path):
    """The clip at a path, read again where the file has changed."""
    full = bpy.path.abspath(path)
    if not full:
        raise SceneError("no clip: pick a file")
    try:
        stamp = os.stat(full).st_mtime_ns, os.stat(full).st_size
        if _open.clip is None or (_open.path, _open.stamp) != (full, stamp):
            _open.clip, _open.path, _open.stamp = rigjit_clip.open(full), full, stamp
            _open.plan = None
    except OSError as error:
        raise SceneError(f"{full}: {error.strerror or error}") from None
    except ValueError as error:
        raise SceneError(f"{os.path.basename(full)}: {error}") from None
    return _open.clip


def clip():
    """The clip that is open, or None."""
    return _open.clip


def forget_clip():
    end_preview()
    _open.clip = _open.plan = None


def fit_clip(armature, settings):
    """The plan of the panel's clip on an armature, for the report."""
    found = load_clip(settings.path)
    _open.plan = make_plan(armature, found, settings.choices())
    _open.plan_of = armature.name
    return _open.plan


def plan():
    return _open.plan


# Preview: frames of the clip on the armature, and its own pose when it ends.


def start_preview(armature, settings):
    found = load_clip(settings.path)
    if len(found) == 0:
        raise SceneError("the clip has no frames yet")
    check_writable(armature)
    player = Player(armature, found, settings.choices())
    _open.snapshot = Snapshot(armature, player.plan)
    _open.player = player
    if _follow_time not in bpy.app.handlers.frame_change_post:
        bpy.app.handlers.frame_change_post.append(_follow_time)


def is_previewing():
    return _open.player is not None


def end_preview():
    if _follow_time in bpy.app.handlers.frame_change_post:
        bpy.app.handlers.frame_change_post.remove(_follow_time)
    snapshot, _open.player, _open.snapshot = _open.snapshot, None, None
    if snapshot is not None:
        with contextlib.suppress(SceneError):  # the armature has gone, and its pose with it
            snapshot.restore()


def show_preview(context):
    """The frame that the slider says."""
    if _open.player is None or _open.busy:
        return
    place = min(context.window_manager.rigjit.preview_frame, len(_open.clip) - 1)
    try:
        _open.player.show(_open.clip[place])
    except SceneError as error:
        end_preview()
        print("rigjit:", error)


@persistent
def _follow_time(scene, depsgraph=None):
    if _open.player is None or bpy.app.is_job_running("RENDER"):
        return
    settings = bpy.context.window_manager.rigjit
    placement = Placement(
        start=None if settings.at == "CLIP" else 0.0, frame_rate=settings.frame_rate
    )
    times = key_times(_open.clip, placement, scene)
    step = times[1] - times[0] if len(times) > 1 else 1.0
    place = round((scene.frame_current_final - times[0]) / step)
    settings.preview_frame = max(0, min(place, len(_open.clip) - 1))


def push_pose(armature, settings):
    """One frame of the clip as the pose, to be kept."""
    found = load_clip(settings.path)
    if len(found) == 0:
        raise SceneError("the clip has no frames yet")
    place = min(settings.preview_frame, len(found) - 1)
    end_preview()
    player = Player(armature, found, settings.choices())
    player.show(found[place])
    return player.plan


# Live.


def link():
    return _open.link


def set_link(found):
    if _open.link is not None:
        _open.link.stop()
    _open.link = found


def start_recording(scene):
    if _open.link is None or _open.link.state == "off":
        raise SceneError("not connected: nothing to record")
    _open.record_start = scene.frame_current
    _open.link.record(True)


def is_recording():
    return _open.link is not None and _open.link.recorded is not None


def end_recording(choices, placement_of):
    """(action, plan, frames) of what was recorded."""
    found = _open.link
    frames, schema, target = found.recorded, found.schema, found.target
    found.record(False)
    if not frames:
        raise SceneError("nothing came while it was recording")
    take = Recording(schema, frames, _open.record_start)
    armature = target.find()
    action, made = keyframe(
        armature, take, f"{schema.rig or 'live'} take", choices, placement_of(armature)
    )
    return action, made, len(frames)


@persistent
def before_save(*_):
    """A file keeps the pose that its artist made."""
    end_preview()


@persistent
def close_all(*_):
    """Another file: nothing of the last one is left."""
    set_link(None)
    if _follow_time in bpy.app.handlers.frame_change_post:
        bpy.app.handlers.frame_change_post.remove(_follow_time)
    _open.player = _open.snapshot = _open.clip = _open.plan = None
