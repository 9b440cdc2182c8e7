"""The signed distance of two hulls from qhull's hull of their Minkowski difference, by scipy."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """a, b: (k, 3) points in the world."""
    points = (a[:, None] - b[None]).reshape(-1, 3)
    centre = points.mean(0)
    size = np.abs(points - centre).max()
    hull = ConvexHull((points - centre) / size, qhull_options="Qt")
    heights = hull.equations[:, :3] @ (-centre / size) + hull.equations[:, 3]
    if heights.max() <= 0:
        return float(heights.max() * size)
    return float(_to_origin(hull.points[hull.simplices] * size + centre).min())


def _to_origin(triangles: np.ndarray) -> np.ndarray:
    """Of (f, 3, 3) triangles the distance from the origin."""
    a, b, c = np.moveaxis(triangles, 1, 0)
    best = np.minimum(_to_segment(a, b), np.minimum(_to_segment(b, c), _to_segment(a, c)))
    u, w = b - a, c - a
    n = np.cross(u, w)
    area = (n * n).sum(1)
    fat = area > 1e-24 * (u * u).sum(1) * (w * w).sum(1)
    area = np.where(fat, area, 1)
    s = (np.cross(w, a) * n).sum(1) / area
    t = (np.cross(a, u) * n).sum(1) / area
    inside = fat & (s >= 0) & (t >= 0) & (s + t <= 1)
    height = np.abs((n * a).sum(1)) / np.sqrt(area)
    return np.where(inside, np.minimum(height, best), best)


def _to_segment(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    way = q - p
    squared = (way * way).sum(1)
    share = np.clip(-(p * way).sum(1) / np.where(squared > 0, squared, 1), 0, 1)
    return np.linalg.norm(p + share[:, None] * way, axis=1)
