"""A stand-in for maya.cmds: just the commands that rigjit_maya uses, as Autodesk's reference says.

Values are kept as Maya keeps them, in centimetres and radians, and go in and out in the units of
the interface. A locked or connected plug refuses setAttr with a RuntimeError, a name that
fits several nodes is refused where one is meant, and undo takes back what a chunk did.
"""

from __future__ import annotations

import itertools
import math
import sys
import types

ORDERS = ("xyz", "yzx", "zxy", "xzy", "yxz", "zyx")
LINEAR = {"mm": 0.1, "cm": 1.0, "m": 100.0, "km": 1e5, "in": 2.54, "ft": 30.48, "yd": 91.44}
TYPES = {"translate": "doubleLinear", "rotate": "doubleAngle", "scale": "double"}


class Plug:
    def __init__(self, of_type, value=0.0, **facts):
        self.type = of_type
        self.value = value
        self.default = facts.pop("default", value)
        self.keyable = facts.pop("keyable", True)
        self.locked = facts.pop("locked", False)
        self.source = facts.pop("source", None)  # (name of a node, its type)
        self.parent_locked = facts.pop("parent_locked", False)  # a compound that is not asked for
        self.keys = {}  # time: (value, in tangent, out tangent)
        self.facts = facts


class Scene:
    """Nodes by their full path; every command is a method of the same name."""

    def __init__(self, linear="cm", angle="deg", time="film"):
        self.units = {"linear": linear, "angle": angle, "time": time}
        self.nodes = {}
        self.limits = {}
        self.sets_ = {}
        self.selection = []
        self.auto = False
        self.range = (1.0, 24.0)
        self.undo_enabled = True
        self.chunk = 0
        self.steps = []
        self.calls = []
        self.batch = True
        self.deferred = []
        self.jobs = {}
        self.widgets = {}  # of the window: {name or label: options}
        self.files = []  # what the file dialog answers, one after another

    # Making a scene.

    def add(self, path, order="xyz", **attributes):
        plugs = {"rotateOrder": Plug("enum", ORDERS.index(order), keyable=False)}
        for kind, of_type in TYPES.items():
            plugs[kind] = Plug("double3", keyable=False)
            for axis in "XYZ":
                plugs[kind + axis] = Plug(of_type, 1.0 if kind == "scale" else 0.0)
        plugs.update(attributes)
        self.nodes[path] = plugs
        return plugs

    def quick(self, plug):
        node, attribute = plug.rsplit(".", 1)
        return self.nodes[self._one(node)][attribute]

    # What Maya does inside.

    def _found(self, name):
        """Full paths of a name: a whole path, its end, or a short name with its namespace."""
        if name.startswith("|"):
            return [path for path in self.nodes if path == name]
        return [path for path in self.nodes if path.endswith("|" + name)]

    def _one(self, name):
        found = self._found(name)
        if not found:
            raise ValueError(f"No object matches name: {name}")
        if len(found) > 1:
            raise ValueError(f"More than one object matches name: {name}")
        return found[0]

    def _factor(self, plug):
        """From what is kept to the interface's unit."""
        if plug.type == "doubleLinear":
            return 1.0 / LINEAR[self.units["linear"]]
        if plug.type == "doubleAngle" and self.units["angle"] == "deg":
            return 180 / math.pi
        return 1.0

    def _done(self, undo):
        if self.undo_enabled:
            if self.chunk:
                self.steps[-1].append(undo)
            else:
                self.steps.append([undo])

    def _check_writable(self, plug, name):
        if plug.locked or plug.parent_locked or plug.source is not None:
            raise RuntimeError(
                f"setAttr: The attribute '{name}' is locked or connected and cannot be modified."
            )

    # Commands.

    def ls(self, *names, selection=False, long=False, type=None):
        assert long
        wanted = self.selection if selection else names[0] if names else []
        wanted = [wanted] if isinstance(wanted, str) else wanted
        return [path for name in wanted for path in self._found(name)]

    def sets(self, name, query=False):
        if name not in self.sets_:
            raise ValueError(f"No object matches name: {name}")
        return self.sets_[name]

    def listAttr(self, node, keyable=False, scalar=False):  # noqa: N802
        found = [n for n, p in self.nodes[self._one(node)].items() if p.keyable or not keyable]
        return [n for n in found if self.nodes[self._one(node)][n].type != "double3"] or None

    def getAttr(self, name, **options):  # noqa: N802
        plug = self.quick(name)
        if options.get("lock"):
            return plug.locked
        if options.get("type"):
            return plug.type
        value = plug.value
        if "time" in options and plug.keys:
            value = self._at(plug, options["time"])
        value *= self._factor(plug)
        whole = {"bool": bool, "enum": int, "long": int}
        return whole.get(plug.type, float)(value)

    def _at(self, plug, time):
        times = sorted(plug.keys)
        if time <= times[0]:
            return plug.keys[times[0]][0]
        for a, b in itertools.pairwise(times):
            if a <= time < b:
                if plug.keys[a][2] == "step":
                    return plug.keys[a][0]
                share = (time - a) / (b - a)
                return plug.keys[a][0] * (1 - share) + plug.keys[b][0] * share
        return plug.keys[times[-1]][0]

    def setAttr(self, name, value):  # noqa: N802
        plug = self.quick(name)
        self._check_writable(plug, name)
        before = plug.value
        plug.value = value / self._factor(plug)
        self.calls.append(("setAttr", name, self.auto))
        if self.auto and plug.keys:
            raise AssertionError("auto-key would have set a key")
        self._done(lambda: setattr(plug, "value", before))

    def attributeQuery(self, name, node, **flags):  # noqa: N802
        plugs = self.nodes[self._one(node)]
        if flags.get("exists"):
            return name in plugs
        plug = plugs[name]
        if flags.get("minExists"):
            return "min" in plug.facts
        if flags.get("maxExists"):
            return "max" in plug.facts
        if flags.get("minimum"):
            return [plug.facts["min"]]
        if flags.get("maximum"):
            return [plug.facts["max"]]
        if flags.get("listEnum"):
            return [plug.facts["names"]]
        assert flags.get("listDefault")
        return [plug.default]

    def listConnections(self, name, source, destination):  # noqa: N802
        assert source
        assert not destination
        plug = self.quick(name)
        if plug.source is not None:
            return [plug.source[0]]
        return [name + "_curve"] if plug.keys else None

    def nodeType(self, name):  # noqa: N802
        for plugs in self.nodes.values():
            for plug in plugs.values():
                if plug.source is not None and plug.source[0] == name:
                    return plug.source[1]
        return "animCurveTU"

    def transformLimits(self, node, query, **flag):  # noqa: N802
        assert query
        ((name, _),) = flag.items()
        on = name.startswith("enable")
        name = name[6].lower() + name[7:] if on else name
        low, high = self.limits.get((self._one(node), name), (None, None))
        if on:
            return [low is not None, high is not None]
        return [-1.0 if low is None else low, 1.0 if high is None else high]

    def currentUnit(self, query, **flag):  # noqa: N802
        ((name, _),) = flag.items()
        return self.units[name]

    def upAxis(self, query, axis):  # noqa: N802
        return "y"

    def undoInfo(self, openChunk=False, closeChunk=False, chunkName="", stateWithoutFlush=None):  # noqa: N802, N803
        if stateWithoutFlush is not None:
            self.undo_enabled = stateWithoutFlush
        if openChunk:
            if self.chunk == 0:
                self.steps.append([])
            self.chunk += 1
        if closeChunk:
            self.chunk -= 1

    def undo(self):
        for undo in reversed(self.steps.pop()):
            undo()

    def autoKeyframe(self, query=False, state=None):  # noqa: N802
        if query:
            return self.auto
        self.auto = state
        return None

    def keyframe(self, name, query, keyframeCount):  # noqa: N803
        return len(self.quick(name).keys)

    def cutKey(self, name, time, clear):  # noqa: N802
        plug = self.quick(name)
        before = dict(plug.keys)
        for found in [t for t in plug.keys if time[0] <= t <= time[1]]:
            del plug.keys[found]
        self._done(lambda: setattr(plug, "keys", before))

    def setKeyframe(self, name, time, value, inTangentType, outTangentType):  # noqa: N802, N803
        plug = self.quick(name)
        self._check_writable(plug, name)
        before = dict(plug.keys)
        plug.keys[time] = (value / self._factor(plug), inTangentType, outTangentType)
        self._done(lambda: setattr(plug, "keys", before))
        return 1

    def playbackOptions(self, query, minTime=False, maxTime=False):  # noqa: N802, N803
        return self.range[0] if minTime else self.range[1]

    def about(self, batch):
        return self.batch

    def scriptJob(self, event=None, exists=None, kill=None):  # noqa: N802
        if event is not None:
            self.jobs[len(self.jobs) + 1] = event[1]
            return len(self.jobs)
        if kill is not None:
            del self.jobs[kill]
        return exists in self.jobs

    def evalDeferred(self, call):  # noqa: N802
        self.deferred.append(call)

    # The interface: widgets by their name, buttons by their label.

    def _widget(self, name=None, exists=False, query=False, edit=False, **options):
        if exists:
            return name in self.widgets
        if query:
            ((option, _),) = options.items()
            return self.widgets[name][option]
        if edit:
            self.widgets[name].update(options)
        else:
            self.widgets[name or options.get("label", "")] = options
        return name

    window = button = separator = _widget
    columnLayout = textFieldGrp = scrollField = shelfButton = _widget  # noqa: N815

    def tabLayout(self, name, query, selectTab):  # noqa: N802, N803
        return "Custom"

    def deleteUI(self, name):  # noqa: N802
        self.widgets.clear()

    def showWindow(self, name):  # noqa: N802
        assert name in self.widgets

    def fileDialog2(self, fileMode, fileFilter):  # noqa: N802, N803
        found = self.files.pop(0)
        return None if found is None else [found]


def install(scene):
    """Make `from maya import cmds` this scene."""
    maya = types.ModuleType("maya")
    maya.cmds = scene
    sys.modules["maya"] = maya
    return maya
