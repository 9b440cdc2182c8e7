//! The least that a call which returns a message can cost: a fastcall C function, new bytes, a copy.

use std::ptr;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

unsafe extern "C" fn copy_message(
    message: *mut ffi::PyObject,
    _arguments: *mut *mut ffi::PyObject,
    _count: ffi::Py_ssize_t,
) -> *mut ffi::PyObject {
    // SAFETY: the function's self is the bytes object that floor() gave it.
    unsafe {
        ffi::PyBytes_FromStringAndSize(ffi::PyBytes_AsString(message), ffi::PyBytes_Size(message))
    }
}

/// A function of one argument, which it leaves alone, that returns a copy of `message`.
#[pyfunction]
pub fn floor<'py>(message: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
    // Python keeps a pointer to the definition, which therefore is never freed.
    let definition = Box::leak(Box::new(ffi::PyMethodDef {
        ml_name: c"copy_message".as_ptr(),
        ml_meth: ffi::PyMethodDefPointer {
            PyCFunctionFast: copy_message,
        },
        ml_flags: ffi::METH_FASTCALL,
        ml_doc: ptr::null(),
    }));
    // SAFETY: a new reference or an error; the function holds a reference to the message.
    unsafe {
        let function = ffi::PyCFunction_NewEx(definition, message.as_ptr(), ptr::null_mut());
        Bound::from_owned_ptr_or_err(message.py(), function)
    }
}
