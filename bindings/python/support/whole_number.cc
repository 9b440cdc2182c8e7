#include "support/whole_number.h"

#include <cmath>
#include <cstring>
#include <string>

namespace py = pybind11;

namespace rigjit::python {
namespace {

bool is_float(PyObject* value) {
  const char* type = Py_TYPE(value)->tp_name;
  return PyFloat_Check(value) != 0 || std::strncmp(type, "numpy.float", 11) == 0 ||
         std::strcmp(type, "numpy.longdouble") == 0;
}

std::string repr_of(const py::handle& value) {
  std::string text = py::repr(value).cast<std::string>();
  constexpr std::size_t kLongest = 80;
  if (text.size() > kLongest) {
    text = text.substr(0, kLongest) + "...";
  }
  return text;
}

// A Python int. Throws where the number is none.
py::object as_int(const py::handle& value, const char* name) {
  if (PyIndex_Check(value.ptr()) != 0) {
    PyObject* number = PyNumber_Index(value.ptr());
    if (number != nullptr) {
      return py::reinterpret_steal<py::object>(number);
    }
    if (PyErr_ExceptionMatches(PyExc_TypeError) == 0) {
      throw py::error_already_set();
    }
    PyErr_Clear();  // an array of several, or of floats
  }
  if (!is_float(value.ptr())) {
    throw py::type_error(std::string(name) + " must be a whole number, not " +
                         Py_TYPE(value.ptr())->tp_name);
  }
  const double number = PyFloat_AsDouble(value.ptr());
  if (number == -1 && PyErr_Occurred() != nullptr) {
    throw py::error_already_set();
  }
  if (!std::isfinite(number) || std::trunc(number) != number) {
    throw py::value_error(std::string(name) + " must be a whole number, not " + repr_of(value));
  }
  return py::reinterpret_steal<py::object>(PyLong_FromDouble(number));
}

std::string range_of(int64_t least, int64_t most) {
  if (most == INT64_MAX && least != INT64_MIN) {
    return std::to_string(least) + " or more";
  }
  return "from " + std::to_string(least) + " to " + std::to_string(most);
}

}  // namespace

int64_t whole_number(const py::handle& value, const char* name, int64_t least, int64_t most) {
  const py::object number = as_int(value, name);
  int overflow = 0;
  const int64_t found = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow != 0 || found < least || found > most) {
    throw py::value_error(std::string(name) + " must be " + range_of(least, most) + ", not " +
                          repr_of(value));
  }
  return found;
}

std::optional<int64_t> optional_whole_number(const py::handle& value, const char* name,
                                             int64_t least, int64_t most) {
  if (value.is_none()) {
    return std::nullopt;
  }
  return whole_number(value, name, least, most);
}

std::size_t thread_count(const py::handle& threads) {
  return static_cast<std::size_t>(whole_number(threads, "threads", 0));
}

}  // namespace rigjit::python
