"""What a bone's or a pose's numbers mean, as matrices by scipy."""

import numpy as np
from scipy.spatial.transform import Rotation

AXES = "xyz"


def of_bone(bone: dict) -> np.ndarray:
    """The matrix of a bone as helper.bones_now tells of it."""
    values = np.array(bone["rotation"], float)
    if bone["mode"] == "QUATERNION":
        return Rotation.from_quat(np.roll(values, -1)).as_matrix()
    if bone["mode"] == "AXIS_ANGLE":
        axis = values[1:] / max(np.linalg.norm(values[1:]), 1e-30)
        return Rotation.from_rotvec(values[0] * axis).as_matrix()
    return of_angles(values, bone["mode"].lower())


def of_angles(radians, order: str) -> np.ndarray:
    """The matrix of the angles about x, y, z in an order."""
    return Rotation.from_euler(order, [radians[AXES.index(axis)] for axis in order]).as_matrix()


def of_pose(pose: dict, order: str = "xyz", unit: str = "degrees") -> np.ndarray:
    """The matrix of a controller's attributes, in which missing angles are 0."""
    if "quaternionW" in pose:
        w, x, y, z = (pose["quaternion" + axis] for axis in "WXYZ")
        return Rotation.from_quat([x, y, z, w]).as_matrix()
    angles = np.array([pose.get("rotate" + axis, 0.0) for axis in "XYZ"], float)
    return of_angles(np.radians(angles) if unit == "degrees" else angles, order)


def degrees_between(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(Rotation.from_matrix(a @ b.T).magnitude()))
