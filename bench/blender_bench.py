"""How long the Blender extension takes on Rigify's human: medians of one run, no depsgraph.

    blender -b --factory-startup --python bench/blender_bench.py
    .venv-bpy-5.0/bin/python bench/blender_bench.py

Generates the rig, exports its spec, makes a clip of 240 frames in which every channel moves, and
measures; also the same rotations as Euler angles on quaternion bones, and a stream of 240 frames a
second over loopback, polled as the timer does, with the scene evaluated after every frame shown.
Needs Rigify, which Blender and the bpy wheels have, and nothing of rigjit's but the source tree.
"""

import json
import os
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from array import array

import bpy

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "bindings", "blender"))
import rigjit_blender  # noqa: E402
from rigjit_blender.channels import channels_of  # noqa: E402
from rigjit_blender.link import INTERVAL  # noqa: E402
from rigjit_blender.properties import SIZES  # noqa: E402
from rigjit_blender.reader import rigjit_clip  # noqa: E402
from rigjit_blender.takes import controls_of  # noqa: E402

FRAMES = 240
LIVE_SECONDS = 5
# Serves what stands in a file, HEAD bytes and then frame after frame, 240 a second.
SENDER = """
import socket, sys, time
head, size = map(int, sys.argv[2:])
data = open(sys.argv[1], "rb").read()
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
connection, _ = listener.accept()
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as rigjit.Broadcast does
connection.sendall(data[:head])
begin = time.monotonic()
for number in range(10**6):
    time.sleep(max(0, begin + number / 240 - time.monotonic()))
    at = head + size * (number % ((len(data) - head) // size))
    connection.sendall(data[at : at + size])
"""


def median(call, count):
    """Processor seconds of the median of `count` calls: other load on the machine counts little."""
    times = []
    for _ in range(count):
        begin = time.process_time()
        call()
        times.append(time.process_time() - begin)
    return statistics.median(times)


def make_human():
    bpy.ops.preferences.addon_enable(module="rigify")
    bpy.ops.object.armature_human_metarig_add()
    bpy.ops.pose.rigify_generate()
    return bpy.context.view_layer.objects.active


def make_clip(rig, path):
    """Every channel moves a little, quaternions near the identity."""
    controls, _ = controls_of(rig)
    channels = channels_of(controls)
    chance = random.Random(1)
    values = {}

    def value(index, channel):
        base = 1.0 if channel.attribute in ("quaternionW", "scaleX", "scaleY", "scaleZ") else 0.0
        if channel.type in ("bool", "int", "enum"):
            return float(chance.randrange(2))
        values[index] = 0.9 * values.get(index, 0.0) + chance.gauss(0, 0.03)
        return base + values[index]

    rows = [[value(i, channel) for i, channel in enumerate(channels)] for _ in range(FRAMES)]
    rigjit_clip.write(path, [channel.row() for channel in channels], rows, rig="human")
    return rigjit_blender.open_clip(path)


def one_by_one(rig, player, frame):
    """What one would write instead: names resolved before, one component at a time."""
    bones = rig.pose.bones
    targets = [
        (getattr(bones[name], prop), element, index, factor)
        for prop, name, _, element, index, factor in player.plan.direct
    ]
    custom = [(bones[name], key, kind, index) for name, key, kind, index in player.plan.custom]

    def show():
        for vector, element, index, factor in targets:
            vector[element] = frame[index] * factor
        for bone, key, kind, index in custom:
            bone[key] = kind(frame[index])

    return show


def arrays_ready(rig, player):
    bones = rig.pose.bones
    props = {prop for prop, *_ in player.plan.direct}
    arrays = {prop: array("f", bytes(4 * SIZES[prop] * len(bones))) for prop in props}
    for prop, values in arrays.items():
        bones.foreach_get(prop, values)

    def show():
        for prop, values in arrays.items():
            bones.foreach_set(prop, values)

    return show


def make_euler_clip(rig, path):
    """(a clip that holds the same in Euler angles, how many bones it is converted for)."""
    bones = [bone for bone in rig.pose.bones if bone.rotation_mode == "QUATERNION"]
    for bone in bones:
        bone.rotation_mode = "XYZ"
    clip = make_clip(rig, path)
    for bone in bones:
        bone.rotation_mode = "QUATERNION"
    return clip, len(rigjit_blender.make_plan(rig, clip).rotations)


def write_stream(clip_path, clip, path):
    """The clip as rigjit streams it; (size of what comes before its frames, of a frame)."""
    with open(clip_path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    text = json.dumps(header["__metadata__"]).encode()
    head = rigjit_clip._STREAM_MAGIC + struct.pack("<I", len(text)) + text
    with open(path, "wb") as file:
        file.write(head)
        for frame in clip:
            file.write(struct.pack("<I", 4 * len(frame)) + frame.tobytes())
    return len(head), 4 + 4 * len(clip.channels)


def live(rig, clip_path, clip):
    """(frames received, frames shown a second, the longest poll in seconds)."""
    stream = clip_path + ".stream"
    sizes = map(str, write_stream(clip_path, clip, stream))
    words = [shutil.which("python3"), "-c", SENDER, stream, *sizes]
    longest = 0.0
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as sender:
        link = rigjit_blender.Link(rig, "127.0.0.1", int(sender.stdout.readline()))
        link.start()
        while not link.shown:
            link.poll()
        received, shown, begin = link.received, link.shown, time.monotonic()
        while time.monotonic() - begin < LIVE_SECONDS:
            started = time.perf_counter()
            is_new = link.poll()
            longest = max(longest, time.perf_counter() - started)
            if is_new:
                bpy.context.view_layer.update()
            time.sleep(INTERVAL)
        took = time.monotonic() - begin
        link.stop()
        sender.kill()
    return (link.received - received) / took, (link.shown - shown) / took, longest


def main():
    rig = make_human()
    path = os.path.join(tempfile.mkdtemp(), "clip.safetensors")
    clip = make_clip(rig, path)
    player = rigjit_blender.Player(rig, clip)
    assert player.left_out == []
    frames = list(clip)
    shown = median(lambda: player.show(frames[7]), 200)
    single = median(one_by_one(rig, player, frames[7]), 20)
    ready = median(arrays_ready(rig, player), 200)
    keyed = median(lambda: rigjit_blender.keyframe(rig, rigjit_blender.open_clip(path)), 5)
    spec = median(lambda: rigjit_blender.spec(rig), 20)
    received, a_second, longest = live(rig, path, clip)
    euler_path = path + ".euler.safetensors"
    euler, converted = make_euler_clip(rig, euler_path)
    player = rigjit_blender.Player(rig, euler)
    frames = list(euler)
    shown_euler = median(lambda: player.show(frames[7]), 200)
    keyed_euler = median(
        lambda: rigjit_blender.keyframe(rig, rigjit_blender.open_clip(euler_path)), 5
    )
    print(f"Blender {bpy.app.version_string}: {len(clip.channels)} channels")
    print(f"property by property   {single * 1e6:9.0f} µs a frame")
    print(f"arrays ready           {ready * 1e6:9.0f} µs, 1/{single / ready:.0f} of it")
    print(f"Player.show            {shown * 1e6:9.0f} µs")
    print(f"  {converted:3} conversions    {shown_euler * 1e6:9.0f} µs")
    print(f"{FRAMES} frames, disk to keys {keyed * 1e3:9.0f} ms")
    print(f"  {converted:3} conversions    {keyed_euler * 1e3:9.0f} ms")
    print(f"spec                   {spec * 1e3:9.1f} ms")
    print(f"live, {received:.0f}/s received {a_second:9.0f} shown a second")
    print(f"longest poll           {longest * 1e3:9.1f} ms")


main()
sys.stdout.flush()
os._exit(0)
