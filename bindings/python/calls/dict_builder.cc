#include "calls/dict_builder.h"

#include <string>

namespace py = pybind11;

namespace rigjit::python {
namespace {

py::object checked(PyObject* reference) {
  if (reference == nullptr) {
    throw py::error_already_set();
  }
  return py::reinterpret_steal<py::object>(reference);
}

py::object interned(py::handle name) {
  PyObject* text = name.inc_ref().ptr();
  PyUnicode_InternInPlace(&text);
  return py::reinterpret_steal<py::object>(text);
}

// A new reference, or null with an exception set.
PyObject* python_value(ChannelType type, float value) {
  switch (type) {
    case ChannelType::kBool:
      return PyBool_FromLong(value != 0);
    case ChannelType::kInt:
    case ChannelType::kEnum:
      return PyLong_FromLong(static_cast<long>(value));
    case ChannelType::kFloat:
      break;
  }
  return PyFloat_FromDouble(static_cast<double>(value));
}

void set_item(const py::dict& dict, py::handle key, py::handle value) {
  if (PyDict_SetItem(dict.ptr(), key.ptr(), value.ptr()) != 0) {
    throw py::error_already_set();
  }
}

// Whether nobody but the template can refer to the number any more.
bool is_ours(PyObject* number) {
#ifdef Py_GIL_DISABLED
  static_cast<void>(number);
  return false;  // other threads count their references apart, and meanwhile
#else
  return Py_REFCNT(number) == 1;
#endif
}

}  // namespace

PoseTemplate::PoseTemplate(LoadedRig& loaded) : values_(loaded.channel_count) {
  attributes_.reserve(loaded.channel_count);
  py::handle last;
  for (const py::handle channel : channels_of(loaded)) {
    const py::handle controller = PyTuple_GET_ITEM(channel.ptr(), 0);
    if (!last || !last.equal(controller)) {
      controllers_.push_back({interned(controller), py::dict(), 0});
      set_item(names_, controllers_.back().name, py::none());
      last = controller;
    }
    const py::object name = interned(PyTuple_GET_ITEM(channel.ptr(), 1));
    const ChannelType type = loaded.rig.channels()[attributes_.size()].type;
    const py::object number = checked(python_value(type, 0));
    set_item(controllers_.back().attributes, name, number);
    attributes_.push_back({name.ptr(), number.ptr(), type});
    controllers_.back().end = attributes_.size();
  }
}

bool PoseTemplate::fill(const Controller& controller, std::size_t begin) {
  for (std::size_t i = begin; i < controller.end; ++i) {
    Attribute& attribute = attributes_[i];
    if (attribute.type == ChannelType::kFloat && is_ours(attribute.number)) {
      reinterpret_cast<PyFloatObject*>(attribute.number)->ob_fval = static_cast<double>(values_[i]);
    } else if (!replace(controller, attribute, values_[i])) {
      return false;
    }
  }
  return true;
}

bool PoseTemplate::replace(const Controller& controller, Attribute& attribute, float value) {
  PyObject* number = python_value(attribute.type, value);
  if (number == nullptr) {
    return false;
  }
  const int failed = PyDict_SetItem(controller.attributes.ptr(), attribute.name, number);
  Py_DECREF(number);
  if (failed != 0) {
    return false;
  }
  attribute.number = number;
  return true;
}

PyObject* PoseTemplate::pose() {
  auto pose = py::reinterpret_steal<py::object>(PyDict_Copy(names_.ptr()));
  std::size_t begin = 0;
  for (const Controller& controller : controllers_) {
    if (!pose || !fill(controller, begin)) {
      return nullptr;
    }
    begin = controller.end;
    PyObject* attributes = PyDict_Copy(controller.attributes.ptr());
    const int failed =
        attributes == nullptr ? -1 : PyDict_SetItem(pose.ptr(), controller.name.ptr(), attributes);
    Py_XDECREF(attributes);
    if (failed != 0) {
      return nullptr;
    }
  }
  return pose.release().ptr();
}

}  // namespace rigjit::python
