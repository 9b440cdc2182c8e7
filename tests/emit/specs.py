"""Rigs for dumps: with every kind of operation, and names that no text is prepared for."""

from __future__ import annotations

EVERYTHING = """
rigjit: 1
name: every thing
controllers:
  - name: x_main_CTRL
    transformations:
      - translation: {axes: xyz, scale: [25, -3.25, 0.015625], center: [0, 12.5, -7]}
      - rotation3d: {rotate_order: zxy}
      - scale: {axes: xz, scale: [0.9, 1.1], center: 1}
  - name: l_elbow_CTRL
    transformations:
      - rotation1d: {axis: y, order: cos_sin, min: -170, max: 15}
      - attribute: {name: FK_roll, scale: 0.375, center: 0.625, min: -0.5, max: 1.75}
      - constant: {name: IK_FK, value: 0.8125}
  - name: head
    transformations:
      - rotation3d: {output: quaternion, rot6d: rows}
      - rotation1d: {axis: x}
      - attribute: {name: visible, type: bool, scale: 2.5}
      - attribute: {name: level, type: int, min: -3, max: 300, scale: 77}
      - attribute: {name: space, type: enum, names: [world, chest, hand], encoding: one_hot}
      - attribute: {name: mode, type: enum, names: [a, b], scale: 1.5, limit: error}
  - name: "</script><b>\\u00e9 右手"
    transformations:
      - rotation3d: {rotate_order: yxz, rot6d: interleaved, angle_unit: radians}
      - translation: {axes: y, scale: 4.75, min: -2, max: 8, limit: error}
      - attribute: {name: "two words", scale: 6.125}
"""

COEFFICIENTS = [
    *(
        "25",
        "-3.25",
        "0.015625",
        "12.5",
        "-7",
        "0.9",
        "1.1",
        "-170",
        "15",
        "0.375",
        "0.625",
        "-0.5",
    ),
    *("1.75", "0.8125", "2.5", "-3", "300", "77", "1.5", "4.75", "-2", "8", "6.125"),
]

NAMES = [
    *("x_main_CTRL", "l_elbow_CTRL", "head", "</script><b>é 右手"),
    *("translateX", "rotateZ", "scaleX", "scaleZ", "FK_roll", "IK_FK", "quaternionW", "visible"),
    *("level", "space", "mode", "two words"),
]

# One value, and hardly more: shorter than any vector of any target.
TINY = """
rigjit: 1
controllers:
  - name: c
    transformations: [translation: {axes: x, scale: 3}]
"""
