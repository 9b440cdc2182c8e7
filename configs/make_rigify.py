#!/usr/bin/env python3
"""Writes rigify_human.yaml and rigify_basic_human.yaml from the facts in configs/rigify/.

    python3 configs/make_rigify.py [directory]      # default: the folder of this script

Facts are the control bones of Blender 3.4's bundled Rigify (human.json, basic_human.json: free
axes, rotation mode, custom properties) and the normalisation of a trained character
(human_stress.spec.json). A channel takes scale and center from that character's controller of the
same name, or 1 and 0 where it has none. Only the standard library is needed; running it again gives
the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent

RIGS = {
    "human": "Blender's Rigify human, every control: body, face and fingers.",
    "basic_human": "Blender's Rigify basic human: the body without face and fingers.",
}

# Plain scalars that every YAML parser reads as text; anything else is quoted.
PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*([.-][A-Za-z0-9_]+)*")
MISREAD = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}

# A rotate order is the rotation mode in lower case; bones in quaternions have none of their own.
ROTATE_ORDERS = {"XYZ", "YZX", "ZXY", "XZY", "YXZ", "ZYX"}


def text(name: str) -> str:
    """`name` as a YAML scalar that reads as this very text."""
    if PLAIN_NAME.fullmatch(name) and name.lower() not in MISREAD:
        return name
    return json.dumps(name, ensure_ascii=False)  # a JSON string is a double-quoted YAML scalar


def number(value: float) -> str:
    """Shortest digits, never with an exponent: YAML 1.1 reads 1e-05 as text."""
    digits = format(Decimal(repr(float(value))), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def numbers(values: list[float]) -> str:
    """One number where all are equal, else a flow list."""
    written = [number(value) for value in values]
    if len(set(written)) == 1:
        return written[0]
    return "[" + ", ".join(written) + "]"


def flow(kind: str, pairs: list[tuple[str, str]]) -> str:
    return f"      - {kind}: {{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"


def coefficients(norms: dict[str, tuple[float, float]], keys: list[str]) -> list[tuple[str, str]]:
    """The keys scale and center, left out where they are the format's defaults 1 and 0."""
    scales, centers = zip(*(norms.get(key, (1.0, 0.0)) for key in keys), strict=True)
    pairs = []
    if any(scale != 1 for scale in scales):
        pairs.append(("scale", numbers(list(scales))))
    if any(center != 0 for center in centers):
        pairs.append(("center", numbers(list(centers))))
    return pairs


def normalisation(character: list[dict]) -> dict[str, dict[str, tuple[float, float]]]:
    """{controller: {"translation.x" or the attribute's name: (scale, center)}}."""
    norms: dict[str, dict[str, tuple[float, float]]] = {}
    for controller in character:
        found = norms.setdefault(controller["name"], {})
        for transformation in controller["transformations"]:
            kind = transformation["kind"]
            if kind in ("translation", "scale"):
                keys = [f"{kind}.{axis.lower()}" for axis in transformation["axes"]]
            elif kind == "custom":
                keys = transformation["names"]
            else:
                continue  # rotations are not normalised
            pairs = zip(transformation["scale"], transformation["center"], strict=True)
            found.update(zip(keys, pairs, strict=True))
    return norms


def transformations(bone: dict, norms: dict[str, tuple[float, float]]) -> list[str]:
    """The lines of one control bone: location, rotation, scale, then its custom properties."""
    lines = []
    if bone["location"]:
        lines.append(axes_line("translation", bone["location"], norms))
    if bone["rotation_shape"] == "3d":
        order = bone["rotation_mode"]
        pairs = [("rotate_order", order.lower())] if order in ROTATE_ORDERS else []
        lines.append(flow("rotation3d", pairs))
    elif bone["rotation_shape"] == "1d":
        (axis,) = [axis for axis in bone["rotation"] if axis != "w"]
        lines.append(flow("rotation1d", [("axis", axis)]))
    if bone["scale"]:
        lines.append(axes_line("scale", bone["scale"], norms))
    for prop in bone["properties"]:
        limits = [("min", number(prop["min"])), ("max", number(prop["max"]))]
        pairs = [("name", text(prop["name"])), *coefficients(norms, [prop["name"]]), *limits]
        lines.append(flow("attribute", pairs))
    return lines


def axes_line(kind: str, axes: list[str], norms: dict[str, tuple[float, float]]) -> str:
    keys = [f"{kind}.{axis}" for axis in axes]
    return flow(kind, [("axes", "".join(axes)), *coefficients(norms, keys)])


def spec(rig: str, bones: list[dict], norms: dict[str, dict[str, tuple[float, float]]]) -> str:
    lines = [
        f"# {RIGS[rig]}",
        "# Made by configs/make_rigify.py from configs/rigify/: edit those, not this file.",
        "rigjit: 1",
        f"name: rigify_{rig}",
        "metadata: {source: Blender 3.4 Rigify, space: local to the bone}",
        "defaults: {rotate_order: xyz, angle_unit: degrees, rot6d: rows}",
        # Blender's "paste flipped pose"; bones of the left and the right are mirror images.
        "mirror: {pairs: [[.L, .R]], translation: [-1, 1, 1], rotation: [1, -1, -1]}",
        "controllers:",
    ]
    for bone in bones:
        written = transformations(bone, norms.get(bone["name"], {}))
        if written:  # a locked bone has nothing to write
            lines += [f"  - name: {text(bone['name'])}", "    transformations:", *written]
    return "\n".join(lines) + "\n"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    norms = normalisation(json.loads((HERE / "rigify/human_stress.spec.json").read_text("utf-8")))
    for rig in RIGS:
        bones = json.loads((HERE / f"rigify/{rig}.json").read_text("utf-8"))["controllers"]
        (folder / f"rigify_{rig}.yaml").write_text(spec(rig, bones, norms), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
