#include "calls/pose_keys.h"

#include <pybind11/critical_section.h>

#include <cstring>

namespace py = pybind11;

namespace rigjit::python {
namespace {

// Names that programs write out are interned, and are then the same objects.
py::object interned(const std::string& name) {
  PyObject* text = PyUnicode_FromStringAndSize(name.data(), static_cast<Py_ssize_t>(name.size()));
  if (text == nullptr) {
    throw py::error_already_set();
  }
  PyUnicode_InternInPlace(&text);
  return py::reinterpret_steal<py::object>(text);
}

bool is_same_text(PyObject* key, PyObject* name) noexcept {
  if (key == name) {
    return true;
  }
  if (PyUnicode_CheckExact(key) == 0) {
    return false;
  }
  const Py_ssize_t length = PyUnicode_GET_LENGTH(key);
  const auto kind = PyUnicode_KIND(key);
  return length == PyUnicode_GET_LENGTH(name) && kind == PyUnicode_KIND(name) &&
         std::memcmp(PyUnicode_DATA(key), PyUnicode_DATA(name),
                     static_cast<std::size_t>(length) * static_cast<std::size_t>(kind)) == 0;
}

// A bool, or an int that is a float32 too.
bool read_whole(ChannelType type, PyObject* value, float& out) noexcept {
  if (type == ChannelType::kBool) {
    out = value == Py_True ? 1.0f : 0.0f;
    return PyBool_Check(value) != 0;
  }
  if (PyLong_CheckExact(value) == 0) {
    return false;
  }
  constexpr long long kLargest = 1LL << 24;
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  out = static_cast<float>(number);
  return overflow == 0 && number >= -kLargest && number <= kLargest;
}

}  // namespace

PoseKeys::PoseKeys(LoadedRig& loaded) {
  const std::string* controller = nullptr;
  for (const Channel& channel : loaded.rig.channels()) {
    if (controller == nullptr || *controller != channel.controller) {
      controllers_.push_back({interned(channel.controller), attributes_.size(), 0, true});
      controller = &channel.controller;
    }
    attributes_.push_back(interned(channel.attribute));
    types_.push_back(channel.type);
    controllers_.back().end = attributes_.size();
    controllers_.back().has_floats_only &= channel.type == ChannelType::kFloat;
  }
}

bool PoseKeys::read(PyObject* pose, float* values) const noexcept {
  const py::scoped_critical_section lock(pose);
  if (static_cast<std::size_t>(PyDict_GET_SIZE(pose)) != controllers_.size()) {
    return false;
  }
  Py_ssize_t place = 0;
  for (const Controller& controller : controllers_) {
    PyObject* key = nullptr;
    PyObject* attributes = nullptr;
    if (PyDict_Next(pose, &place, &key, &attributes) == 0 ||
        !is_same_text(key, controller.name.ptr()) || PyDict_Check(attributes) == 0 ||
        !read_attributes(controller, attributes, values)) {
      return false;
    }
  }
  return true;
}

bool PoseKeys::read_attributes(const Controller& controller, PyObject* attributes,
                               float* values) const noexcept {
  // Python may let go of the pose's lock while it waits for this one.
  const auto held = py::reinterpret_borrow<py::object>(attributes);
  const py::scoped_critical_section lock(attributes);
  if (static_cast<std::size_t>(PyDict_GET_SIZE(attributes)) != controller.end - controller.begin) {
    return false;
  }
  Py_ssize_t place = 0;
  for (std::size_t channel = controller.begin; channel < controller.end; ++channel) {
    PyObject* key = nullptr;
    PyObject* value = nullptr;
    if (PyDict_Next(attributes, &place, &key, &value) == 0 ||
        !is_same_text(key, attributes_[channel].ptr())) {
      return false;
    }
    if (!controller.has_floats_only && types_[channel] != ChannelType::kFloat) {
      if (!read_whole(types_[channel], value, values[channel])) {
        return false;
      }
    } else if (PyFloat_CheckExact(value) != 0) {
      values[channel] = static_cast<float>(PyFloat_AS_DOUBLE(value));
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace rigjit::python
