"""Rust that builds nested maps: HashMap, JSON from it by serde_json, Python's dict."""

from __future__ import annotations

from collections.abc import Callable

from peers.rust_values import Body, Emitter, pieces, text_literal


def hash_map_parts(made: list[Body]) -> list[list[str]]:
    return [
        [
            *each.statements,
            f"let mut values = HashMap::with_capacity({len(each.values)});",
            *(
                f"values.insert({text_literal(value.attribute)}, {value.expression});"
                for value in each.values
            ),
            f"pose.insert({text_literal(each.name)}, values);",
        ]
        for each in made
    ]


def hash_map(made: list[Body]) -> str:
    functions, calls = pieces("hash_map", "pose: &mut Pose", "&mut pose", hash_map_parts(made))
    return f"""
type Pose = HashMap<&'static str, HashMap<&'static str, f32>>;

{functions}
fn pose(vec: &Bound<'_, PyAny>) -> PyResult<Pose> {{
    with_array(vec, |vec| {{
        let mut pose = HashMap::with_capacity({len(made)});
        {calls}
        Ok(pose)
    }})
}}

#[pyfunction]
fn generated_hash_map(vec: &Bound<'_, PyAny>) -> PyResult<Pose> {{
    pose(vec)
}}

#[pyfunction]
fn generated_json<'py>(vec: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {{
    let text = serde_json::to_vec(&pose(vec)?).expect("finite numbers");
    Ok(PyBytes::new(vec.py(), &text))
}}
"""


def py_dict_with(function: str, key: Callable[[str], str]) -> Emitter:
    def emit(made: list[Body]) -> str:
        parts = [
            [
                *each.statements,
                "let values = PyDict::new(py);",
                *(
                    f"values.set_item({key(value.attribute)}, {value.expression})?;"
                    for value in each.values
                ),
                f"pose.set_item({key(each.name)}, values)?;",
            ]
            for each in made
        ]
        parameters = "py: Python<'_>, pose: &Bound<'_, PyDict>"
        functions, calls = pieces(function, parameters, "py, &pose", parts, "PyResult<()>")
        return f"""
{functions}
#[pyfunction]
fn {function}<'py>(vec: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {{
    let py = vec.py();
    with_array(vec, |vec| {{
        let pose = PyDict::new(py);
        {calls}
        Ok(pose)
    }})
}}
"""

    return emit


def interned(name: str) -> str:
    return f"intern!(py, {text_literal(name)})"
