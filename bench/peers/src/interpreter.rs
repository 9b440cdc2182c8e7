//! A rig that is read when the program runs: one loop over its transformations for every vector.

use std::collections::HashMap;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde::Deserialize;

use crate::rotation::{columns, degrees, euler, quaternion, rows};
use crate::vector::with_vector;

type Pose = HashMap<String, HashMap<String, f32>>;

#[derive(Deserialize)]
#[serde(tag = "kind")]
enum Transformation {
    Axes {
        attributes: Vec<String>,
        scale: Vec<f32>,
        center: Vec<f32>,
    },
    Attribute {
        name: String,
        scale: f32,
        center: f32,
        low: Option<f32>,
        high: Option<f32>,
    },
    Rotation1d {
        attribute: String,
        cos_first: bool,
        degrees: bool,
    },
    Rotation3d(Rotation3d),
    Constant {
        name: String,
        value: f32,
    },
}

#[derive(Deserialize)]
struct Rotation3d {
    attributes: Vec<String>,
    axes: [usize; 3],
    places: [usize; 6],
    rows: bool,
    degrees: bool,
}

#[derive(Deserialize)]
struct Controller {
    name: String,
    transformations: Vec<Transformation>,
}

impl Transformation {
    fn value_count(&self) -> usize {
        match self {
            Self::Axes { attributes, .. } => attributes.len(),
            Self::Rotation3d(rotation) => rotation.attributes.len(),
            _ => 1,
        }
    }

    fn input_count(&self) -> usize {
        match self {
            Self::Axes { attributes, .. } => attributes.len(),
            Self::Attribute { .. } => 1,
            Self::Rotation1d { .. } => 2,
            Self::Rotation3d(_) => 6,
            Self::Constant { .. } => 0,
        }
    }

    #[inline]
    fn evaluate<E>(
        &self,
        inputs: &[f32],
        mut write: impl FnMut(&str, f32) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Axes {
                attributes,
                scale,
                center,
            } => {
                for (i, name) in attributes.iter().enumerate() {
                    write(name, inputs[i].mul_add(scale[i], center[i]))?;
                }
                Ok(())
            }
            Self::Attribute {
                name,
                scale,
                center,
                low,
                high,
            } => {
                let value = inputs[0].mul_add(*scale, *center);
                let value = low.map_or(value, |low| value.max(low));
                write(name, high.map_or(value, |high| value.min(high)))
            }
            Self::Rotation1d {
                attribute,
                cos_first,
                degrees,
            } => {
                let [sine, cosine] = if *cos_first {
                    [inputs[1], inputs[0]]
                } else {
                    [inputs[0], inputs[1]]
                };
                let angle = sine.atan2(cosine);
                write(attribute, if *degrees { angle.to_degrees() } else { angle })
            }
            Self::Rotation3d(rotation) => rotation.evaluate(inputs, write),
            Self::Constant { name, value } => write(name, *value),
        }
    }
}

impl Rotation3d {
    #[inline]
    fn evaluate<E>(
        &self,
        inputs: &[f32],
        mut write: impl FnMut(&str, f32) -> Result<(), E>,
    ) -> Result<(), E> {
        let [x1, y1, z1, x2, y2, z2] = self.places.map(|place| inputs[place]);
        let make = if self.rows { rows } else { columns };
        let m = make([x1, y1, z1], [x2, y2, z2]);
        let angles;
        let parts;
        let values: &[f32] = if self.attributes.len() == 4 {
            parts = quaternion(&m);
            &parts
        } else {
            let radians = euler(&m, self.axes);
            angles = if self.degrees {
                degrees(radians)
            } else {
                radians
            };
            &angles
        };
        for (name, value) in self.attributes.iter().zip(values) {
            write(name, *value)?;
        }
        Ok(())
    }
}

#[pyclass(frozen)]
pub struct Interpreter {
    controllers: Vec<Controller>,
    size: usize,
}

impl Interpreter {
    /// What `write` makes of every controller, in their order.
    #[inline]
    fn evaluate(
        &self,
        vec: &[f32],
        mut write: impl FnMut(&Controller, &[f32]) -> PyResult<()>,
    ) -> PyResult<()> {
        let mut rest = vec;
        for controller in &self.controllers {
            let count = controller
                .transformations
                .iter()
                .map(Transformation::input_count)
                .sum();
            let (inputs, after) = rest.split_at(count);
            write(controller, inputs)?;
            rest = after;
        }
        Ok(())
    }

    fn pose(&self, vec: &[f32]) -> PyResult<Pose> {
        let mut pose = HashMap::with_capacity(self.controllers.len());
        self.evaluate(vec, |controller, inputs| {
            let mut values = HashMap::with_capacity(controller.value_count());
            controller.evaluate(inputs, |name, value| {
                values.insert(name.to_owned(), value);
                Ok::<(), PyErr>(())
            })?;
            pose.insert(controller.name.clone(), values);
            Ok(())
        })?;
        Ok(pose)
    }
}

impl Controller {
    fn value_count(&self) -> usize {
        self.transformations
            .iter()
            .map(Transformation::value_count)
            .sum()
    }

    #[inline]
    fn evaluate<E>(
        &self,
        mut inputs: &[f32],
        mut write: impl FnMut(&str, f32) -> Result<(), E>,
    ) -> Result<(), E> {
        for transformation in &self.transformations {
            transformation.evaluate(inputs, &mut write)?;
            inputs = &inputs[transformation.input_count()..];
        }
        Ok(())
    }
}

#[pymethods]
impl Interpreter {
    /// From the controllers as JSON.
    #[new]
    fn new(controllers: &str) -> PyResult<Self> {
        let controllers: Vec<Controller> = serde_json::from_str(controllers)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        let transformations = controllers.iter().flat_map(|one| &one.transformations);
        let size = transformations.map(Transformation::input_count).sum();
        Ok(Self { controllers, size })
    }

    fn hash_map(&self, vec: &Bound<'_, PyAny>) -> PyResult<Pose> {
        with_vector(vec, self.size, |vec| self.pose(vec))
    }

    fn json<'py>(&self, vec: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        let pose = with_vector(vec, self.size, |vec| self.pose(vec))?;
        let text =
            serde_json::to_vec(&pose).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(PyBytes::new(vec.py(), &text))
    }

    fn py_dict<'py>(&self, vec: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let py = vec.py();
        let pose = PyDict::new(py);
        with_vector(vec, self.size, |vec| {
            self.evaluate(vec, |controller, inputs| {
                let values = PyDict::new(py);
                controller.evaluate(inputs, |name, value| values.set_item(name, value))?;
                pose.set_item(&controller.name, values)
            })
        })?;
        Ok(pose)
    }
}
