"""Follows servers of the test: {"ports": {case: port}} -> {case: what happened}.

Each case polls as the timer does, for a bounded time.
"""

import os
import socket
import time

import bpy
import helper


def until(link, done, seconds=8.0, each=lambda: None):
    """Poll until done() or the time is over; the longest poll in seconds."""
    longest, end = 0.0, time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        begin = time.perf_counter()
        link.poll()
        longest = max(longest, time.perf_counter() - begin)
        each()
        time.sleep(0.002)
    return longest


def new_rig(name):
    armature = helper.new_armature(name, {"main": None, "turn": None})
    armature.pose.bones["main"]["level"] = 1
    return armature


def follow(rj, port):
    armature = new_rig("follow")
    link = rj.Link(armature, "127.0.0.1", port)
    link.start()
    until(link, lambda: link.received >= 200)
    found = {
        "shown": link.shown,
        "received": link.received,
        "missed": link.missed,
        "left_out": link.left_out,
        "bones": helper.bones_now(armature),
    }
    link.stop()
    return {**found, "state": link.state}


def refused(rj, port, flag):
    """Nobody listens at first; then somebody does, and the line is dropped once."""
    armature = new_rig("refused")
    link = rj.Link(armature, "127.0.0.1", port)
    link.start()
    seen = []

    def look():
        if not seen or seen[-1] != (link.state, link.status):
            seen.append((link.state, link.status))
        if "no server" in link.status and not os.path.exists(flag):
            with open(flag, "w"):
                pass

    until(link, lambda: link.received >= 20, seconds=12, each=look)
    link.stop()
    return {"seen": seen, "received": link.received, "shown": link.shown}


def failing(rj, port, words):
    armature = new_rig("failing")
    link = rj.Link(armature, "127.0.0.1", port)
    link.start()
    longest = until(link, lambda: words in link.status, seconds=8)
    found = {"state": link.state, "status": link.status, "longest": longest, "shown": link.shown}
    link.stop()
    return found


def edit_and_delete(rj, port):
    armature = new_rig("delete")
    link = rj.Link(armature, "127.0.0.1", port)
    link.start()
    until(link, lambda: link.shown > 3)
    helper.activate(armature)
    bpy.ops.object.mode_set(mode="EDIT")
    until(link, lambda: "Edit Mode" in link.status)
    edit = link.status
    bone = armature.data.edit_bones.new("another")
    bone.head, bone.tail = (0, 0, 0), (0, 0, 1)
    armature.data.edit_bones["main"].name = "renamed"
    bpy.ops.object.mode_set(mode="POSE")
    shown = link.shown
    until(link, lambda: link.shown > shown + 3)
    renamed = [entry for entry in link.left_out if entry[0] == "main"]
    bpy.data.objects.remove(armature)
    until(link, lambda: link.state == "failed")
    return {"edit": edit, "renamed": renamed, "state": link.state, "status": link.status}


def undo(rj, port):
    """Undo and redo between frames: what was held before an undo would be freed memory."""
    armature = new_rig("undone")
    helper.activate(armature)
    bpy.ops.object.mode_set(mode="POSE")
    bpy.ops.ed.undo_push(message="start")
    link = rj.Link(armature, "127.0.0.1", port)
    link.start()
    for step in range(12):
        shown = link.shown
        until(link, lambda shown=shown: link.shown > shown, seconds=3)
        bpy.data.objects["undone"].location[0] = step
        bpy.ops.ed.undo_push(message=f"step {step}")
        if step % 2:
            bpy.ops.ed.undo()
        if step % 4 == 3:
            bpy.ops.ed.redo()
    shown = link.shown
    until(link, lambda: link.shown > shown + 3)
    link.stop()
    return {"shown": link.shown, "after": link.shown - shown}


def record(rj, port):
    from rigjit_blender.recording import Recording

    armature = new_rig("record")
    link = rj.Link(armature, "localhost", port)
    # As where localhost is ::1 first, and the server is at 127.0.0.1 alone.
    look_up = socket.getaddrinfo
    dead = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 1))
    socket.getaddrinfo = lambda *_, **__: [dead, *look_up("127.0.0.1", port)]
    link.start()
    socket.getaddrinfo = look_up
    link.record(True)
    until(link, lambda: len(link.recorded) >= 30)
    frames = list(link.recorded)
    link.record(False)
    take = Recording(link.schema, frames, 5)
    _, plan = rj.keyframe(armature, take, "take")
    link.stop()
    values = []
    for number in range(5, 5 + len(frames)):
        bpy.context.scene.frame_set(number)
        values.append(armature.pose.bones["main"].location[0])
    return {"frames": [frame[0] for frame in frames], "values": values, "left": plan.left_out}


def main(given):
    import rigjit_blender as rj
    from rigjit_blender import link as link_module

    ports = given["ports"]
    link_module._STALLED = 0.3  # seconds
    return {
        "follow": follow(rj, ports["follow"]),
        "refused": refused(rj, ports["refused"], given["flag"]),
        "nonsense": failing(rj, ports["nonsense"], "not a clip"),
        "stall": failing(rj, ports["stall"], "waiting for a frame"),
        "silent": failing(rj, ports["silent"], "waiting for the rig"),
        "edit": edit_and_delete(rj, ports["endless"]),
        "undo": undo(rj, ports["endless"]),
        "record": record(rj, ports["endless"]),
    }


helper.run(main)
