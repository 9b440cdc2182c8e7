// The Python type of a rig's channels.
#pragma once

#include <pybind11/pybind11.h>

#include <vector>

#include "rigjit/channel.h"

namespace rigjit::python {

// Adds the type rigjit.Channel to the module.
void bind_channel(pybind11::module_& module);

// A Channel for each. Throws pybind11::error_already_set.
pybind11::list make_channels(const std::vector<Channel>& channels);

}  // namespace rigjit::python
