"""The rigs that the tests call the program with."""

SPEC = """rigjit: 1
name: small
controllers:
  - name: main
    transformations:
      - translation: {axes: xyz, scale: 25, center: 0}
  - name: head
    transformations:
      - rotation3d: {rotate_order: zxy}
"""

# Every type that a value can have.
TYPED_SPEC = """rigjit: 1
name: typed
controllers:
  - name: hand
    transformations:
      - translation: {axes: xy, scale: 25, min: -20, max: 20}
      - attribute: {name: pinned, type: bool}
      - attribute: {name: fingers, type: int, scale: 5, min: 0, max: 10}
      - attribute: {name: ticks, type: int, scale: 1000}
      - attribute: {name: ik, type: enum, names: [IK, FK]}
      - attribute: {name: space, type: enum, names: [world, chest, hand], encoding: one_hot}
  - name: head
    transformations:
      - rotation3d: {}
"""
