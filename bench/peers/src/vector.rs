//! A numpy vector's elements, found through the buffer protocol and not copied.

use std::mem::MaybeUninit;
use std::slice;

use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;

/// Calls `use_vector` with the elements of a contiguous float32 array of the length `size`.
/// Neither a format string nor a shape is asked for: both cost more than the rest of the look-up.
#[inline]
pub fn with_vector<T>(
    array: &Bound<'_, PyAny>,
    size: usize,
    use_vector: impl FnOnce(&[f32]) -> PyResult<T>,
) -> PyResult<T> {
    let mut view = MaybeUninit::<ffi::Py_buffer>::uninit();
    // SAFETY: PyObject_GetBuffer fills the view or fails; a view that was filled is released below.
    if unsafe { ffi::PyObject_GetBuffer(array.as_ptr(), view.as_mut_ptr(), ffi::PyBUF_SIMPLE) } != 0
    {
        return Err(PyErr::fetch(array.py()));
    }
    let mut view = unsafe { view.assume_init() };
    let result = if view.itemsize == 4 && view.len as usize == 4 * size {
        // SAFETY: as many bytes as that, aligned by numpy, alive until the view is released.
        use_vector(unsafe { slice::from_raw_parts(view.buf.cast(), size) })
    } else {
        Err(PyValueError::new_err(
            "not a float32 vector of the rig's size",
        ))
    };
    unsafe { ffi::PyBuffer_Release(&mut view) };
    result
}
