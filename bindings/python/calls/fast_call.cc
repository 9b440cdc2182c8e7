#include "calls/fast_call.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// Where `name` stands in `names`; `count` if nowhere.
std::size_t place_of(PyObject* name, const char* const* names, std::size_t count) {
  std::size_t place = 0;
  while (place < count && PyUnicode_CompareWithASCIIString(name, names[place]) != 0) {
    ++place;
  }
  return place;
}

bool wrong_count(const char* function, std::size_t required, std::size_t count, Py_ssize_t given) {
  if (required == count) {
    PyErr_Format(PyExc_TypeError, "%s() takes exactly %zu argument%s (%zd given)", function, count,
                 count == 1 ? "" : "s", given);
  } else {
    PyErr_Format(PyExc_TypeError, "%s() takes from %zu to %zu arguments (%zd given)", function,
                 required, count, given);
  }
  return false;
}

}  // namespace

bool arrange_any(const char* function, const char* const* names, std::size_t count,
                 std::size_t required, Arguments args, Py_ssize_t places, PyObject* keywords,
                 PyObject** arranged) {
  const Py_ssize_t given = places + (keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords));
  if (given > static_cast<Py_ssize_t>(count) || given < static_cast<Py_ssize_t>(required)) {
    return wrong_count(function, required, count, given);
  }
  for (std::size_t i = 0; i < count; ++i) {
    arranged[i] = static_cast<Py_ssize_t>(i) < places ? args[i] : nullptr;
  }
  for (Py_ssize_t i = places; i < given; ++i) {
    PyObject* name = PyTuple_GET_ITEM(keywords, i - places);
    const std::size_t place = place_of(name, names, count);
    if (place == count) {
      PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", function, name);
      return false;
    }
    if (arranged[place] != nullptr) {
      PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%U'", function, name);
      return false;
    }
    arranged[place] = args[i];
  }
  for (std::size_t i = 0; i < required; ++i) {
    if (arranged[i] == nullptr) {
      PyErr_Format(PyExc_TypeError, "%s() missing required argument '%s'", function, names[i]);
      return false;
    }
  }
  return true;
}

void add_method(py::handle type, PyMethodDef& method) {
  PyObject* descriptor = PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(type.ptr()), &method);
  if (descriptor == nullptr) {
    throw py::error_already_set();
  }
  type.attr(method.ml_name) = py::reinterpret_steal<py::object>(descriptor);
}

}  // namespace rigjit::python
