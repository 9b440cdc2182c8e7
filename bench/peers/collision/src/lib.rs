//! Parry from Python: pair by pair, as one would call it, and in a loop in Rust.

use numpy::{PyReadonlyArray2, PyReadonlyArray4, PyReadwriteArray2};
use parry3d_f64::math::{Isometry, Point, Real};
use parry3d_f64::na::{Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};
use parry3d_f64::query;
use parry3d_f64::shape::ConvexPolyhedron;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

fn isometry(at: impl Fn(usize, usize) -> f64) -> Isometry<Real> {
    let turn = Matrix3::from_fn(|i, j| at(i, j));
    Isometry::from_parts(
        Translation3::from(Vector3::new(at(0, 3), at(1, 3), at(2, 3))),
        UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(turn)),
    )
}

fn signed_distance(
    a: &ConvexPolyhedron,
    b: &ConvexPolyhedron,
    pose_a: &Isometry<Real>,
    pose_b: &Isometry<Real>,
    prediction: f64,
) -> f64 {
    match query::contact(pose_a, a, pose_b, b, prediction) {
        Ok(Some(contact)) => contact.dist,
        _ => f64::INFINITY,
    }
}

#[pyclass(frozen)]
struct Pose(Isometry<Real>);

#[pymethods]
impl Pose {
    #[new]
    fn new(matrix: PyReadonlyArray2<f64>) -> Self {
        let matrix = matrix.as_array();
        Pose(isometry(|i, j| matrix[[i, j]]))
    }
}

#[pyclass(frozen)]
struct Hull(ConvexPolyhedron);

#[pymethods]
impl Hull {
    #[new]
    fn new(points: PyReadonlyArray2<f64>) -> PyResult<Self> {
        let points: Vec<_> =
            points.as_array().rows().into_iter().map(|p| Point::new(p[0], p[1], p[2])).collect();
        ConvexPolyhedron::from_convex_hull(&points)
            .map(Hull)
            .ok_or_else(|| PyValueError::new_err("Parry makes no hull of these points"))
    }
}

#[pyfunction]
fn distance(a: &Hull, b: &Hull, pose_a: &Pose, pose_b: &Pose) -> f64 {
    signed_distance(&a.0, &b.0, &pose_a.0, &pose_b.0, f64::MAX)
}

/// Every pair of every frame; the poses are made of matrices once a frame.
#[pyfunction]
fn distances(
    hulls: Vec<PyRef<Hull>>,
    transforms: PyReadonlyArray4<f64>,
    pairs: PyReadonlyArray2<i32>,
    prediction: f64,
    mut out: PyReadwriteArray2<f32>,
) {
    let (transforms, pairs, mut out) = (transforms.as_array(), pairs.as_array(), out.as_array_mut());
    for frame in 0..transforms.shape()[0] {
        let poses: Vec<_> = (0..hulls.len())
            .map(|hull| isometry(|i, j| transforms[[frame, hull, i, j]]))
            .collect();
        for pair in 0..pairs.shape()[0] {
            let (a, b) = (pairs[[pair, 0]] as usize, pairs[[pair, 1]] as usize);
            out[[frame, pair]] =
                signed_distance(&hulls[a].0, &hulls[b].0, &poses[a], &poses[b], prediction) as f32;
        }
    }
}

#[pymodule]
fn collision_peers(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Hull>()?;
    module.add_class::<Pose>()?;
    module.add_function(wrap_pyfunction!(distance, module)?)?;
    module.add_function(wrap_pyfunction!(distances, module)?)
}
