"""Which bones of an armature are its controls, and why the others are not."""

from .names import bone_name
from .problems import SceneError

HELPERS = ("ORG-", "MCH-", "DEF-", "VIS_")

CHOICES = {
    "CONTROLS": "bones with a custom shape that can be selected, and no ORG-, MCH-, DEF-, VIS_",
    "VISIBLE": "of these, what is visible now",
    "SELECTED": "the selected bones",
    "COLLECTION": "the bones of the active bone collection, or of the first layer that is shown",
    "ALL": "every bone",
}


def choose(armature, which="CONTROLS", bones=None):
    """(pose bones in their order, [(bone, "bone", why)] of those left out).

    bones: names, which then count instead of `which`; SceneError where one is no bone's.
    """
    left_out, readable = [], []
    for place, bone in enumerate(armature.pose.bones):
        name = bone_name(bone)
        if name is None:
            left_out.append(
                (f"bone {place}", "bone", "its name is cut inside a character: rename it")
            )
        else:
            readable.append((name, bone))
    if bones is not None:
        wanted = dict.fromkeys(bones)
        missing = [name for name in wanted if name not in dict(readable)]
        if missing:
            raise SceneError(f"{armature.name!r} has no bone {missing[0]!r}")
        by_name = dict(readable)
        return [by_name[name] for name in wanted], []
    if which not in CHOICES:
        raise SceneError(f"which bones: {which!r} is none of {', '.join(CHOICES)}")
    why_not = _rule(armature, which, [bone for _, bone in readable])
    chosen = []
    for name, bone in readable:
        reason = why_not(name, bone)
        if reason:
            left_out.append((name, "bone", reason))
        else:
            chosen.append(bone)
    return chosen, left_out


def _rule(armature, which, bones):
    """A function of a name and a bone that says why the bone is left out, or ""."""
    if which == "ALL":
        return lambda name, bone: ""
    if which == "SELECTED":
        return lambda name, bone: "" if is_selected(bone) else "not selected"
    if which == "COLLECTION":
        return _in_collection(armature)
    has_shapes = any(bone.custom_shape for bone in bones)

    def why_not(name, bone):
        if name.startswith(HELPERS):
            return f"a helper, by its name {name[:4]}…"
        if has_shapes and bone.custom_shape is None:
            return "no custom shape, so no control"
        if bone.bone.hide_select:
            return "cannot be selected, so no control"
        if which == "VISIBLE" and not is_visible(armature, bone):
            return "hidden"
        return ""

    return why_not


def _in_collection(armature):
    data = armature.data
    if not hasattr(data, "collections"):  # before 4.0
        shown = next((i for i, on in enumerate(data.layers) if on), 0)
        return lambda name, bone: "" if bone.bone.layers[shown] else f"not on layer {shown + 1}"
    active = data.collections.active
    if active is None:
        raise SceneError(f"{armature.name!r} has no active bone collection")
    names = {bone.name for bone in getattr(active, "bones_recursive", active.bones)}
    return lambda name, bone: "" if name in names else f"not in the collection {active.name!r}"


def is_selected(bone):
    return bone.select if hasattr(bone, "select") else bone.bone.select


def is_visible(armature, bone):
    if getattr(bone, "hide", False) or bone.bone.hide:
        return False
    if not hasattr(armature.data, "collections"):
        return any(a and b for a, b in zip(armature.data.layers, bone.bone.layers))
    collections = bone.bone.collections
    return not collections or any(
        getattr(found, "is_visible_effectively", found.is_visible) for found in collections
    )
