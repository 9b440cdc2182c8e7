// One pose, in whatever form a caller has it.
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <optional>

#include "rigjit/pose.h"
#include "rigjit/rig.h"

namespace rigjit::python {

// missing: "error" or "rest"; extra: "ignore" or "error"; null stands for the first.
// Throws pybind11::error_already_set or value_error.
PoseOptions parse_pose_options(PyObject* missing, PyObject* extra);

// The memory of bytes, text or a buffer of bytes, held as long as this lives.
class PoseText {
 public:
  // Throws TypeError where `pose` is none of them, RigError for text that is no Unicode.
  explicit PoseText(PyObject* pose);
  PoseText(PoseText&& other) noexcept
      : view_(other.view_),
        text_(std::move(other.text_)),
        pose_(other.pose_),
        is_text_(other.is_text_) {
    other.view_.obj = nullptr;
  }
  PoseText& operator=(PoseText&&) = delete;
  ~PoseText() { PyBuffer_Release(&view_); }

  [[nodiscard]] const Rig::Pose& pose() const noexcept { return pose_; }
  // Then it is JSON and nothing else.
  [[nodiscard]] bool is_text() const noexcept { return is_text_; }

 private:
  Py_buffer view_{};
  pybind11::object text_;
  Rig::Pose pose_{};
  bool is_text_ = false;
};

// Reads {controller: {attribute: value}} to the end. Numbers may be of any type that has
// __float__, whose code then runs. False with an exception set: such code failed, or changed a
// dict.
bool read_dict(PyObject* pose, PoseReader& reader);

}  // namespace rigjit::python
