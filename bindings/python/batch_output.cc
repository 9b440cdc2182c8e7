#include "batch_output.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

bool wants_mask(const std::string& errors) {
  if (errors != "raise" && errors != "mask") {
    throw py::value_error("errors must be 'raise' or 'mask', not '" + errors + "'");
  }
  return errors == "mask";
}

}  // namespace

BatchOutput::BatchOutput(const py::object& out, std::size_t frames, std::size_t width,
                         const char* dtype, py::handle source, const std::string& errors) {
  const bool has_mask = wants_mask(errors);
  array_ = py::module_::import("rigjit._arrays")
               .attr("output")(out, py::make_tuple(frames, width), dtype, source)
               .cast<py::array>();
  if (has_mask) {
    py::array_t<bool> mask(static_cast<py::ssize_t>(frames));
    valid_ = reinterpret_cast<uint8_t*>(mask.mutable_data());
    mask_ = std::move(mask);
  }
}

py::object BatchOutput::result() const {
  if (valid_ == nullptr) {
    return array_;
  }
  return py::make_tuple(array_, mask_);
}

}  // namespace rigjit::python
