"""coal (once hpp-fcl), pair by pair from Python, with the guesses that it keeps between calls."""

from __future__ import annotations

import numpy as np


class CoalPairs:
    """Needs the packages coal and libcoal; raises ImportError without."""

    def __init__(self, points: list[np.ndarray], pairs: np.ndarray) -> None:
        import coal

        self._coal = coal
        self._hulls = []
        for cloud in points:
            vectors = coal.StdVec_Vec3s()
            for point in cloud:
                vectors.append(point)
            self._hulls.append(coal.Convex.convexHull(vectors, False, ""))
        self._functors = [
            coal.ComputeDistance(self._hulls[i], self._hulls[j]) for i, j in pairs.tolist()
        ]
        self._pairs = pairs.tolist()
        self._request = coal.DistanceRequest()
        self._result = coal.DistanceResult()

    def poses(self, transforms: np.ndarray) -> list[list[object]]:
        """(frames, hulls, 4, 4) as coal has them: made beforehand, as they would be."""
        return [
            [self._coal.Transform3s(each[:3, :3], each[:3, 3]) for each in frame]
            for frame in transforms.astype(np.float64)
        ]

    def distances(self, poses: list[list[object]]) -> list[list[float]]:
        request, result = self._request, self._result
        found = []
        for frame in poses:
            row = []
            for (i, j), functor in zip(self._pairs, self._functors, strict=True):
                result.clear()
                row.append(functor(frame[i], frame[j], request, result))
            found.append(row)
        return found
