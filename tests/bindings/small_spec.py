"""A rig of fourteen inputs, with every kind of transformation."""

SPEC = """
rigjit: 1
name: small
metadata: {unit: cm, take: 3}
controllers:
  - name: x_main_CTRL
    transformations:
      - translation: {axes: xyz, scale: 25, center: 0}
      - attribute: {name: stretch, scale: 0.5, center: 0.5, min: 0, max: 1}
      - constant: {name: IK_FK, value: 1}
  - name: l_elbow_CTRL
    transformations:
      - rotation1d: {axis: y}
  - name: head
    transformations:
      - rotation3d: {rotate_order: zxy}
      - scale: {axes: xz, scale: [0.9, 1.1], center: 1}
"""
