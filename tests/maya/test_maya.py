"""bindings/maya against a stand-in of maya.cmds, and against what rigjit and scipy say."""

from __future__ import annotations

import importlib
import itertools
import math
import socket
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import rigjit_clip
from scipy.spatial.transform import Rotation

import rigjit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).resolve().parent))
import stand_in  # noqa: E402

ORDERS = stand_in.ORDERS


@pytest.fixture
def maya(monkeypatch):
    """(a function that makes the scene current and gives the module, Plug)."""
    monkeypatch.syspath_prepend(str(ROOT / "bindings" / "maya"))
    monkeypatch.delitem(sys.modules, "rigjit_maya", raising=False)

    def use(scene):
        monkeypatch.setitem(sys.modules, "maya", stand_in.install(scene))
        sys.modules.pop("rigjit_maya", None)
        return importlib.import_module("rigjit_maya")

    yield use
    sys.modules.pop("rigjit_maya", None)


def matrix(scene, node, order):
    angles = [scene.nodes[node]["rotate" + axis].value for axis in "XYZ"]
    by_axis = dict(zip("xyz", angles, strict=True))
    return Rotation.from_euler(order, [by_axis[axis] for axis in order]).as_matrix()


@pytest.mark.parametrize("unit", ["degrees", "radians"])
@pytest.mark.parametrize("interface", ["deg", "rad"])
def test_every_order_on_every_order(maya, unit, interface):
    """Also quaternions; at lock and through whole turns."""
    forms = [*ORDERS, "quat"]
    controllers = []
    scene = stand_in.Scene(angle=interface)
    for form in forms:
        for order in ORDERS:
            scene.add(f"|{form}_{order}", order)
            how = "output: quaternion" if form == "quat" else f"rotate_order: {form}"
            controllers.append(
                f"{{name: {form}_{order}, transformations: "
                f"[rotation3d: {{{how}, angle_unit: {unit}}}]}}"
            )
    rig = rigjit.loads(f"{{rigjit: 1, controllers: [{', '.join(controllers)}]}}")
    rng = np.random.default_rng(6)
    turns = Rotation.concatenate(
        [
            Rotation.random(6, rng=rng),
            *(Rotation.from_euler(order, [[20, 90, 40]], degrees=True) for order in ORDERS),
        ]
    ).as_matrix()
    six = np.swapaxes(turns[..., :2], -1, -2).reshape(len(turns), 6)
    clip = rigjit_clip.open(rig.clip(np.tile(six, len(forms) * len(ORDERS)).astype(np.float32)))
    module = maya(scene)
    player = module.Player(clip)
    assert player.plan.left_out == []
    for frame, expected in zip(clip, turns, strict=True):
        player.show(frame)
        for form in forms:
            for order in ORDERS:
                got = matrix(scene, f"|{form}_{order}", order)
                assert np.abs(got - expected).max() < 3e-6, (form, order)


SPEC = """
rigjit: 1
name: hero
metadata: {unit: m}
controllers:
  - name: arm_CTRL
    transformations:
      - translation: {}
      - rotation3d: {rotate_order: zxy}
      - attribute: {name: pinned, type: bool}
      - attribute: {name: space, type: enum, names: [world, chest, hand]}
      - attribute: {name: stretch}
      - attribute: {name: missing}
  - name: elbow_CTRL
    transformations: [rotation1d: {axis: y}]
  - name: nobody
    transformations: [translation: {axes: x}]
"""


def arm_scene(prefix="|", **options):
    scene = stand_in.Scene(**options)
    plug = stand_in.Plug
    scene.add(
        prefix + "arm_CTRL",
        "zxy",
        pinned=plug("bool"),
        space=plug("enum", names="world:chest:hand"),
        stretch=plug("double"),
    )
    scene.add(prefix + "elbow_CTRL")
    return scene


def poses(rig, count=5):
    rng = np.random.default_rng(7)
    vecs = rig.rest_vec + rng.normal(scale=0.6, size=(count, rig.vec_size))
    return vecs.astype(np.float32)


@pytest.mark.parametrize("linear", ["cm", "m", "in"])
def test_a_pose_in_the_units_of_the_interface(maya, linear):
    rig = rigjit.loads(SPEC)
    clip = rigjit_clip.open(rig.clip(poses(rig)))
    scene = arm_scene(linear=linear)
    plan = maya(scene).apply_pose(clip, 2)
    pose = clip.pose(2)
    arm, elbow = scene.nodes["|arm_CTRL"], scene.nodes["|elbow_CTRL"]
    for axis in "XYZ":  # metres, kept in centimetres
        value = pose["arm_CTRL"]["translate" + axis]
        assert arm["translate" + axis].value == pytest.approx(100 * value, rel=1e-6)
        angle = math.radians(pose["arm_CTRL"]["rotate" + axis])
        assert arm["rotate" + axis].value == pytest.approx(angle, abs=1e-6)
    assert elbow["rotateY"].value == pytest.approx(
        math.radians(pose["elbow_CTRL"]["rotateY"]), abs=1e-6
    )
    assert arm["space"].value == pose["arm_CTRL"]["space"]
    assert plan.left_out == [
        ("arm_CTRL", "missing", "no attribute of this name"),
        ("nobody", "translateX", "no node of this name"),
    ]


def test_one_step_of_undo_and_no_auto_key(maya):
    rig = rigjit.loads(SPEC)
    clip = rigjit_clip.open(rig.clip(poses(rig), start_frame=10))
    scene = arm_scene()
    scene.auto = True
    module = maya(scene)
    before = {n: [p.value for p in plugs.values()] for n, plugs in scene.nodes.items()}
    module.apply_pose(clip, 1)
    assert scene.auto
    assert len(scene.steps) == 1
    assert not any(auto for _, _, auto in scene.calls)
    module.apply_clip(clip)
    assert len(scene.steps) == 2
    assert scene.auto
    scene.undo()
    scene.undo()
    assert before == {n: [p.value for p in plugs.values()] for n, plugs in scene.nodes.items()}
    assert not any(plug.keys for plugs in scene.nodes.values() for plug in plugs.values())


def test_keys_of_a_clip(maya):
    rig = rigjit.loads(SPEC)
    clip = rigjit_clip.open(rig.clip(poses(rig), fps=48, start_frame=10, continuous=True))
    scene = arm_scene()  # 24 frames a second
    arm = scene.nodes["|arm_CTRL"]
    arm["stretch"].keys = {5.0: (7.0, "linear", "linear"), 11.0: (8.0, "linear", "linear")}
    maya(scene).apply_clip(clip)
    assert sorted(arm["translateX"].keys) == [10, 10.5, 11, 11.5, 12]
    for frame in range(5):
        pose = clip.pose(frame)["arm_CTRL"]
        time = 10 + frame / 2
        assert arm["stretch"].keys[time][0] == pytest.approx(pose["stretch"], rel=1e-6)
        angle = math.radians(pose["rotateX"])
        assert arm["rotateX"].keys[time][0] == pytest.approx(angle, abs=1e-6)
    assert arm["stretch"].keys[5.0][0] == 7
    assert {out for _, _, out in arm["space"].keys.values()} == {"step"}
    assert {out for _, _, out in arm["translateX"].keys.values()} == {"linear"}


def test_what_is_left_alone(maya):
    rig = rigjit.loads(SPEC)
    clip = rigjit_clip.open(rig.clip(poses(rig)))
    scene = arm_scene()
    arm = scene.nodes["|arm_CTRL"]
    arm["translateX"].locked = True
    arm["rotate"].source = ("arm_orientConstraint1", "orientConstraint")
    arm["stretch"].source = ("mute1", "mute")
    plan = maya(scene).apply_clip(clip)
    assert plan.left_out == [
        ("arm_CTRL", "translateX", "locked"),
        *(("arm_CTRL", "rotate" + a, "connected to arm_orientConstraint1") for a in "XYZ"),
        ("arm_CTRL", "stretch", "muted"),
        ("arm_CTRL", "missing", "no attribute of this name"),
        ("nobody", "translateX", "no node of this name"),
    ]
    assert arm["translateX"].keys == {}
    assert arm["translateY"].keys


@pytest.mark.parametrize("namespace", ["hero", "shot:hero"])
def test_namespaces(maya, namespace):
    clip_rig = rigjit.loads(SPEC, namespace="old")
    clip = rigjit_clip.open(clip_rig.clip(poses(clip_rig)))
    scene = arm_scene(prefix=f"|top|{namespace}:")
    module = maya(scene)
    with pytest.raises(ValueError, match=r"old:arm_CTRL.translateX: no node"):
        module.apply_pose(clip)
    module.apply_pose(clip, 0, namespace=namespace)
    value = scene.nodes[f"|top|{namespace}:arm_CTRL"]["translateY"].value
    assert value == pytest.approx(100 * clip.pose(0)["old:arm_CTRL"]["translateY"], rel=1e-6)


def test_a_path_in_another_namespace(maya):
    module = maya(arm_scene())
    assert module.renamed("|a:grp|a:ctrl", "a", "b") == "|b:grp|b:ctrl"
    assert module.renamed("|a:grp|a:ctrl", "a", "") == "|grp|ctrl"
    assert module.renamed("ctrl", "", "b") == "b:ctrl"


def test_nothing_of_a_bad_frame(maya):
    rig = rigjit.loads(SPEC)
    data = bytearray(rig.clip(poses(rig)))
    data[-4:] = np.float32([np.nan]).tobytes()
    clip = rigjit_clip.open(bytes(data))
    scene = arm_scene()
    module = maya(scene)
    with pytest.raises(ValueError, match=r"nobody\.translateX is nan"):
        module.apply_clip(clip)
    with pytest.raises(ValueError, match="nan"):
        module.apply_pose(clip, 4)
    assert scene.steps in ([], [[]])
    assert scene.chunk == 0
    twice = arm_scene()
    twice.add("|group|arm_CTRL")
    plan = maya(twice).apply_pose(clip)
    assert ("arm_CTRL", "translateX", "2 nodes of this name") in plan.left_out


@pytest.mark.parametrize("angle", ["deg", "rad"])
def test_spec_and_back(maya, tmp_path, angle):
    scene = arm_scene(angle=angle, time="23.976fps")
    arm, elbow = scene.nodes["|arm_CTRL"], scene.nodes["|elbow_CTRL"]
    arm["stretch"].facts.update(min=0.0, max=4.0)
    arm["stretch"].default = 1.0
    arm["locator"] = stand_in.Plug("string")
    for name in ("rotateX", "rotateZ", "translateX", "scaleY"):
        elbow[name].locked = True
    scene.limits["|elbow_CTRL", "rotationY"] = (0.0, 1.5)
    scene.limits["|arm_CTRL", "translationZ"] = (-2.0, 6.0)
    scene.add("|a|twin", "yxz")
    scene.add("|b|twin")
    scene.selection = list(scene.nodes)
    module = maya(scene)
    text, left_out = module.spec(name="hero")
    rig = rigjit.loads(text)
    assert ("|arm_CTRL", "locator", "no number") in left_out
    assert ("|elbow_CTRL", "translateX", "locked") in left_out
    controllers = list(dict.fromkeys(controller for controller, _ in rig.channels))
    assert controllers == ["arm_CTRL", "elbow_CTRL", "|a|twin", "|b|twin"]
    assert "rotation1d: {axis: y, min: 0, max: 1.5}" in text
    assert "names: [world, chest, hand]" in text
    rest = rig.vec_to_dict(rig.rest_vec)
    assert rest["arm_CTRL"]["stretch"] == 1
    vecs = poses(rig)
    path = tmp_path / "take.safetensors"
    path.write_bytes(rig.clip(vecs, fps="24000/1001", start_frame=1, continuous=True))
    plan = module.apply_clip(str(path))
    assert plan.left_out == []
    back = tmp_path / "back.safetensors"
    assert module.export_clip(str(back), start=1, end=len(vecs)) == len(vecs)
    read = rigjit_clip.open(str(back))
    assert read.fps == pytest.approx(24000 / 1001)
    expected = rig.vec_to_values_batch(vecs, continuous=True)
    place = {tuple(channel): index for index, channel in enumerate(read.channels)}
    for index, (controller, attribute) in enumerate(rig.channels):
        column = [read[frame][place[controller, attribute]] for frame in range(len(vecs))]
        assert column == pytest.approx(expected[:, index], abs=2e-4), (controller, attribute)


def test_sets_and_no_selection(maya):
    scene = arm_scene()
    scene.sets_["controls_SET"] = ["elbow_CTRL"]
    module = maya(scene)
    text, _ = module.spec("controls_SET")
    assert rigjit.loads(text).channels[0][0] == "elbow_CTRL"
    with pytest.raises(ValueError, match="no controls"):
        module.spec()


def test_live(maya):
    """The newest frame of what has come is shown; nothing goes onto the undo list."""
    rig = rigjit.loads(SPEC)
    vecs = poses(rig, 30)
    scene = arm_scene()
    module = maya(scene)
    with rigjit.Broadcast(rig) as broadcast:
        link = module.Link(*broadcast.address)
        link.start()
        for vec in vecs:
            broadcast.push(vec)
            link.poll()
        last = 100 * rig.vec_to_dict(vecs[-1])["arm_CTRL"]["translateX"]
        for _ in range(1000):
            link.poll()
            if _at(scene) == pytest.approx(last, rel=1e-5):
                break
            time.sleep(0.005)
        else:
            pytest.fail("the last frame did not come")
        link.stop()
    assert scene.steps == []
    assert scene.undo_enabled
    assert link.left_out[0] == ("arm_CTRL", "missing", "no attribute of this name")


def _at(scene):
    return scene.nodes["|arm_CTRL"]["translateX"].value


def test_two_angles_follow_the_order_of_their_node(maya):
    """A spec's own order is that of its pairs of angles, or a pair becomes a whole rotation."""
    scene = stand_in.Scene()
    for name, order in (("a", "zxy"), ("b", "zxy"), ("c", "yxz"), ("d", "xyz")):
        scene.add("|" + name, order)
        if name != "d":
            scene.nodes["|" + name]["rotateX"].locked = True
    scene.selection = list(scene.nodes)
    module = maya(scene)
    text, left_out = module.spec()
    rig = rigjit.loads(text)
    assert ("|c", "rotateX", "a rotation3d in yxz has all three axes") in left_out
    vecs = poses(rig)
    clip = rigjit_clip.open(rig.clip(vecs))
    player = module.Player(clip)
    assert {entry[2] for entry in player.plan.left_out} == {"locked"}
    for frame, vec in zip(clip, vecs, strict=True):
        player.show(frame)
        pose = rig.vec_to_dict(vec)
        for name in "abd":
            for axis in "YZ":
                assert math.degrees(scene.nodes["|" + name]["rotate" + axis].value) == (
                    pytest.approx(pose[name]["rotate" + axis], abs=1e-4)
                )


@pytest.mark.parametrize("interface", ["deg", "rad"])
def test_keys_do_not_jump(maya, interface):
    """Also of a clip that was written without continuity: whole turns are no motion."""
    text = """{rigjit: 1, controllers: [
        {name: whole, transformations: [rotation3d: {rotate_order: zxy}]},
        {name: one, transformations: [rotation1d: {axis: y}]}]}"""
    rig = rigjit.loads(text)
    turns = np.arange(40) * 0.4
    matrices = Rotation.from_rotvec(np.outer(turns, [0.1, 0.9, 0.2])).as_matrix()
    six = np.swapaxes(matrices[..., :2], -1, -2).reshape(40, 6)
    vecs = np.concatenate([six, np.stack([np.sin(turns), np.cos(turns)], axis=1)], axis=1)
    scene = stand_in.Scene(angle=interface)
    scene.add("|whole", "zxy")
    scene.add("|one")
    maya(scene).apply_clip(rigjit_clip.open(rig.clip(vecs.astype(np.float32))))
    keys = scene.nodes["|one"]["rotateY"].keys
    assert keys[39.0][0] == pytest.approx(turns[39], abs=1e-4)
    columns = {
        axis: np.array([key[0] for key in scene.nodes["|whole"]["rotate" + axis].keys.values()])
        for axis in "XYZ"
    }
    for column in columns.values():
        assert np.abs(np.diff(column)).max() < 2.6
    got = Rotation.from_euler("zxy", np.stack([columns[a] for a in "ZXY"], axis=1)).as_matrix()
    assert np.abs(got - matrices).max() < 3e-6


def test_what_maya_refuses(maya):
    """A plug that cannot be written though nothing says so is left out, and the others are not."""
    rig = rigjit.loads(SPEC)
    clip = rigjit_clip.open(rig.clip(poses(rig)))
    scene = arm_scene()
    arm = scene.nodes["|arm_CTRL"]
    arm["stretch"].parent_locked = True
    module = maya(scene)
    for plan in (module.apply_pose(clip, 1), module.apply_clip(clip)):
        (entry,) = (entry for entry in plan.left_out if entry[1] == "stretch")
        assert entry[0] == "arm_CTRL"
        assert "locked or connected" in entry[2]
    assert len(arm["translateZ"].keys) == len(clip)
    assert scene.chunk == 0


def test_a_value_that_stays_has_two_keys_beside_others(maya):
    rig = rigjit.loads("{rigjit: 1, controllers: [{name: a, transformations: [translation: {}]}]}")
    clip = rigjit_clip.open(rig.clip(np.zeros((5, 3), np.float32), start_frame=10))
    scene = stand_in.Scene()
    a = scene.add("|a")
    a["translateX"].keys = {1.0: (3.0, "linear", "linear"), 12.0: (4.0, "linear", "linear")}
    maya(scene).apply_clip(clip)
    assert sorted(a["translateX"].keys) == [1, 10, 14]
    assert sorted(a["translateY"].keys) == [10]


def test_names_without_a_namespace(maya, tmp_path):
    """A referenced character's spec and clips are those of every other reference to it."""
    scene = arm_scene(prefix="|hero:")
    scene.selection = list(scene.nodes)
    module = maya(scene)
    text, _ = module.spec(namespace="hero")
    rig = rigjit.loads(text)
    assert rig.name == "hero"
    assert {controller for controller, _ in rig.channels} == {"arm_CTRL", "elbow_CTRL"}
    path = tmp_path / "take.safetensors"
    module.export_clip(str(path), start=1, end=3, namespace="hero")
    clip = rigjit_clip.open(str(path))
    assert set(map(tuple, clip.channels)) >= set(rig.channels)
    assert module.apply_clip(clip, namespace="hero").left_out == []


def test_live_when_the_scene_changes(maya):
    """A node that is deleted or locked meanwhile is left out from then on; nonsense ends it."""
    rig = rigjit.loads(SPEC)
    scene = arm_scene()
    scene.batch = False
    module = maya(scene)
    with rigjit.Broadcast(rig) as broadcast:
        link = module.Link(*broadcast.address)
        told = []
        link.tell = told.append
        link.start()
        (poll,) = scene.jobs.values()

        def show_more(vecs):
            begin = link.shown
            for vec in itertools.islice(itertools.cycle(vecs), 1000):
                broadcast.push(vec)
                time.sleep(0.01)
                poll()
                if link.shown > begin + 2:
                    return True
            return False

        assert show_more(poses(rig, 30))
        del scene.nodes["|elbow_CTRL"]
        scene.nodes["|arm_CTRL"]["rotate"].locked = True
        assert show_more(poses(rig, 30))
        assert ("elbow_CTRL", "rotateY", "no node of this name") in link.left_out
        assert "hero" in told
        link.stop()
    assert scene.jobs == {}

    with socket.create_server(("127.0.0.1", 0)) as server:
        link = module.Link(*server.getsockname())
        link.start()
        link.poll()
        connection, _ = server.accept()
        connection.sendall(b"HTTP/1.1 400 Bad Request")
        for _ in range(1000):
            time.sleep(0.005)
            link.poll()
            if scene.deferred:
                break
        connection.close()
    assert "not a clip" in link.status
    scene.deferred.pop()()
    assert scene.jobs == {}


def test_window(maya, tmp_path):
    """Every button, by its label, with what the artist would answer."""
    scene = arm_scene()
    scene.selection = list(scene.nodes)
    module = maya(scene)
    module.show()
    module.show()
    module.shelf()

    def press(label, *files):
        scene.files = list(files)
        scene.widgets[label]["command"](False)
        return scene.widgets["rigjitReport"]["text"]

    spec, take = str(tmp_path / "hero.yaml"), str(tmp_path / "take.safetensors")
    assert press("Export spec of the selection…", spec).startswith(spec)
    rig = rigjit.load(spec)
    clip = tmp_path / "clip.safetensors"
    clip.write_bytes(rig.clip(poses(rig), start_frame=1))
    assert press("Apply clip…", str(clip)) == f"keyed {clip}"
    assert press("Apply the clip's first pose…", str(clip)) == f"posed by {clip}"
    assert press("Export clip of the selection…", take) == f"24 frames: {take}"
    press("Apply clip…", None)
    clip.write_bytes(b"nonsense" * 20)
    assert "not a clip" in press("Apply clip…", str(clip))
    scene.widgets["rigjitNamespace"]["text"] = "nobody"
    assert "no node" in press("Apply clip…", take)
    scene.widgets["rigjitAddress"]["text"] = "somewhere"
    assert "host:port" in press("Connect")
    with rigjit.Broadcast(rig) as broadcast:
        scene.widgets["rigjitAddress"]["text"] = "{}:{}".format(*broadcast.address)
        press("Connect")
        module._link.poll()
        assert "waiting for the rig" in press("Disconnect")
    assert module._link.status == "not connected"
