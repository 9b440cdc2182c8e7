// The names of a rig as Python text, in the order in which its poses are written.
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <vector>

#include "calls/loaded_rig.h"

namespace rigjit::python {

class PoseKeys {
 public:
  // Throws pybind11::error_already_set.
  explicit PoseKeys(LoadedRig& loaded);

  // The values of a pose, one a channel, that has just the rig's names in the rig's order and
  // values of the types that vec_to_dict writes; false, with some values written, for any other.
  // Runs no Python code, and holds what it reads against other threads.
  [[nodiscard]] bool read(PyObject* pose, float* values) const noexcept;

 private:
  struct Controller {
    pybind11::object name;
    std::size_t begin, end;  // in attributes_
    bool has_floats_only;
  };

  [[nodiscard]] bool read_attributes(const Controller& controller, PyObject* attributes,
                                     float* values) const noexcept;

  std::vector<Controller> controllers_;
  std::vector<pybind11::object> attributes_;  // one a channel
  std::vector<ChannelType> types_;            // likewise
};

}  // namespace rigjit::python
