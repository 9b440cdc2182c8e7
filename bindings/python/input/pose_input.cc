#include "input/pose_input.h"

#include <pybind11/critical_section.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "base/make_error.h"
#include "input/numpy_array.h"
#include "support/errors.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// Whether `word` is `other` rather than `first`, or absent.
bool is_other(PyObject* word, const char* name, const char* first, const char* other) {
  if (word == nullptr) {
    return false;
  }
  if (PyUnicode_Check(word) != 0) {
    if (PyUnicode_CompareWithASCIIString(word, first) == 0) {
      return false;
    }
    if (PyUnicode_CompareWithASCIIString(word, other) == 0) {
      return true;
    }
  }
  PyErr_Format(PyExc_ValueError, "%s must be '%s' or '%s', not %R", name, first, other, word);
  throw py::error_already_set();
}

std::string_view text_of(PyObject* text) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text, &size);
  return data == nullptr ? std::string_view() : std::string_view(data, static_cast<size_t>(size));
}

// The text of a key or value; nothing where it is no Unicode text.
std::optional<std::string_view> name_of(PyObject* key) {
  if (PyUnicode_Check(key) == 0) {
    return {};
  }
  const std::string_view name = text_of(key);
  if (name.data() == nullptr) {
    PyErr_Clear();  // a lone surrogate
    return {};
  }
  return name;
}

// A key that is no text.
void take_unnamed(PyObject* key, PoseReader& reader) {
  if (PyBytes_Check(key) != 0) {
    reader.unnamed({PyBytes_AS_STRING(key), static_cast<std::size_t>(PyBytes_GET_SIZE(key))});
  } else {
    reader.unnamed();
  }
}

bool is_bool(PyObject* value) {
  return PyBool_Check(value) != 0 || std::strncmp(Py_TYPE(value)->tp_name, "numpy.bool", 10) == 0;
}

// A number as float64, an integer beyond it as the largest of its sign. Nothing with an exception
// set if there is none. Runs the code of the value's type.
std::optional<double> number_of(PyObject* value) {
  const double number = PyFloat_AsDouble(value);
  if (number != -1 || PyErr_Occurred() == nullptr) {
    return number;
  }
  if (PyLong_Check(value) == 0 || PyErr_ExceptionMatches(PyExc_OverflowError) == 0) {
    return {};
  }
  PyErr_Clear();
  int sign = 0;
  PyLong_AsLongLongAndOverflow(value, &sign);
  return std::copysign(std::numeric_limits<double>::max(), sign);
}

// One value that is no float. False with an exception set.
bool read_value(PyObject* value, std::string_view attribute, PoseReader& reader) {
  const char* const type = Py_TYPE(value)->tp_name;
  if (is_bool(value)) {
    const int truth = PyObject_IsTrue(value);
    if (truth < 0) {
      return false;
    }
    reader.boolean(attribute, truth != 0, type);
    return true;
  }
  if (const std::optional<std::string_view> text = name_of(value)) {
    reader.text(attribute, *text, type);
    return true;
  }
  if (const std::optional<double> number = number_of(value)) {
    reader.number(attribute, *number);
    return true;
  }
  if (PyErr_ExceptionMatches(PyExc_TypeError) == 0) {
    return false;
  }
  PyErr_Clear();
  reader.other(attribute, type);
  return true;
}

bool unchanged(PyObject* dict, Py_ssize_t size) {
  if (PyDict_GET_SIZE(dict) == size) {
    return true;
  }
  PyErr_SetString(PyExc_RuntimeError, "the pose changed while it was read");
  return false;
}

bool read_attributes(PyObject* attributes, PoseReader& reader) {
  const py::scoped_critical_section lock(attributes);
  const Py_ssize_t size = PyDict_GET_SIZE(attributes);
  Py_ssize_t place = 0;
  PyObject* key = nullptr;
  PyObject* value = nullptr;
  while (PyDict_Next(attributes, &place, &key, &value) != 0) {
    const std::optional<std::string_view> name = name_of(key);
    if (!name) {
      take_unnamed(key, reader);
    } else if (PyFloat_CheckExact(value) != 0) {
      reader.number(*name, PyFloat_AS_DOUBLE(value));
    } else {
      // The code of its type may take both out of the dict.
      const auto held_key = py::reinterpret_borrow<py::object>(key);
      const auto held_value = py::reinterpret_borrow<py::object>(value);
      if (!read_value(value, *name, reader) || !unchanged(attributes, size)) {
        return false;
      }
    }
  }
  return true;
}

// What is neither a dict nor memory.
[[noreturn]] void throw_no_pose(PyObject* pose) {
  const char* hint = "";
  if (PyObject_HasAttrString(pose, "__fspath__") != 0) {
    hint = "; it is a path: read the file, and pass its bytes (read_bytes())";
  } else if (PyObject_HasAttrString(pose, "read") != 0) {
    hint = "; it is a file: pass what its read() gives";
  } else if (PyObject_HasAttrString(pose, "keys") != 0) {
    hint = "; pass dict(...) of it";
  }
  PyErr_Format(PyExc_TypeError, "a pose is a dict, bytes or str, not %.100s%s",
               Py_TYPE(pose)->tp_name, hint);
  throw py::error_already_set();
}

// Of unsigned bytes, or of chars.
bool holds_bytes(const Py_buffer& view) {
  return view.itemsize == 1 &&
         (view.format == nullptr || std::strchr("Bc", view.format[0]) != nullptr);
}

[[noreturn]] void throw_malformed_text() {
  PyErr_Clear();
  throw_python_error({error_at(
      "malformed-json", "no JSON of a pose: the text holds a lone surrogate, which is no character",
      "pose")});
}

}  // namespace

PoseOptions parse_pose_options(PyObject* missing, PyObject* extra) {
  PoseOptions options;
  if (is_other(missing, "missing", "error", "rest")) {
    options.missing = PoseOptions::Missing::kRest;
  }
  if (is_other(extra, "extra", "ignore", "error")) {
    options.extra = PoseOptions::Extra::kError;
  }
  return options;
}

PoseText::PoseText(PyObject* pose) {
  if (PyBytes_Check(pose) != 0) {
    text_ = py::reinterpret_borrow<py::object>(pose);
    pose_ = {PyBytes_AS_STRING(pose), static_cast<std::size_t>(PyBytes_GET_SIZE(pose))};
    return;
  }
  if (PyUnicode_Check(pose) != 0) {
    const std::string_view text = text_of(pose);
    if (text.data() == nullptr) {
      throw_malformed_text();
    }
    text_ = py::reinterpret_borrow<py::object>(pose);
    pose_ = {text.data(), text.size()};
    is_text_ = true;
    return;
  }
  if (PyObject_CheckBuffer(pose) == 0) {
    throw_no_pose(pose);
  }
  if (is_masked(pose)) {
    throw py::type_error("the pose is a masked array; pass filled(...) of it instead");
  }
  if (PyObject_GetBuffer(pose, &view_, PyBUF_CONTIG_RO | PyBUF_FORMAT) != 0) {
    throw py::error_already_set();
  }
  if (!holds_bytes(view_)) {
    PyBuffer_Release(&view_);
    throw py::type_error(
        "a pose is a dict, or bytes; of an array of values make a vector with "
        "values_to_vec");
  }
  pose_ = {view_.buf, static_cast<std::size_t>(view_.len)};
}

bool read_dict(PyObject* pose, PoseReader& reader) {
  const py::scoped_critical_section lock(pose);
  const Py_ssize_t size = PyDict_GET_SIZE(pose);
  Py_ssize_t place = 0;
  PyObject* key = nullptr;
  PyObject* value = nullptr;
  while (PyDict_Next(pose, &place, &key, &value) != 0) {
    const std::optional<std::string_view> name = name_of(key);
    if (!name) {
      take_unnamed(key, reader);
      continue;
    }
    if (PyDict_Check(value) == 0) {
      reader.other_controller(*name, Py_TYPE(value)->tp_name);
      continue;
    }
    reader.begin_controller(*name);
    const auto attributes = py::reinterpret_borrow<py::object>(value);
    if (!read_attributes(attributes.ptr(), reader) || !unchanged(pose, size)) {
      return false;
    }
  }
  return true;
}

}  // namespace rigjit::python
