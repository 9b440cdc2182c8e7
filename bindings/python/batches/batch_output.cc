#include "batches/batch_output.h"

#include "base/buffers.h"
#include "input/numpy_array.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

bool wants_mask(const std::string& errors) {
  if (errors != "raise" && errors != "mask") {
    throw py::value_error("errors must be 'raise' or 'mask', not '" + errors + "'");
  }
  return errors == "mask";
}

bool share_memory(const py::array& a, const py::array& b) {
  return overlap(a.data(), static_cast<std::size_t>(a.nbytes()), b.data(),
                 static_cast<std::size_t>(b.nbytes()));
}

bool is_plain(const py::array& array) {
  return plain_array(array.ptr(), array.dtype().ptr(), static_cast<int>(array.ndim())) != nullptr;
}

// Whether `out` needs none of rigjit._arrays.output's questions.
bool is_plainly_usable(const py::object& out, std::size_t frames, std::size_t width,
                       const py::dtype& dtype, py::handle source) {
  const auto* array = plain_array(out.ptr(), dtype.ptr(), 2);
  if (array == nullptr || !is_writable(*array) ||
      static_cast<std::size_t>(array->dimensions[0]) != frames ||
      static_cast<std::size_t>(array->dimensions[1]) != width) {
    return false;
  }
  if (source.is_none()) {
    return true;
  }
  const auto input = py::reinterpret_borrow<py::array>(source);
  return is_plain(input) && !share_memory(py::reinterpret_borrow<py::array>(out), input);
}

}  // namespace

BatchOutput::BatchOutput(const py::object& out, std::size_t frames, std::size_t width,
                         const py::dtype& dtype, py::handle source, const std::string& errors) {
  const bool has_mask = wants_mask(errors);
  import_numpy();
  if (out.is_none()) {
    array_ = py::array(dtype, {frames, width});
  } else if (is_plainly_usable(out, frames, width, dtype, source)) {
    array_ = py::reinterpret_borrow<py::array>(out);
  } else {
    array_ = arrays_module()
                 .attr("output")(out, py::make_tuple(frames, width), dtype, source)
                 .cast<py::array>();
  }
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
