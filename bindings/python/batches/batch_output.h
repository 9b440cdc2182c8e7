// What a batch method returns: an array, and a mask where the caller asked for one.
#pragma once

#include <pybind11/numpy.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace rigjit::python {

class BatchOutput {
 public:
  // `out` checked, or a new array if it is None: (frames, width) of the dtype, sharing no memory
  // with `source` (None: nothing to compare with). errors: 'raise' or 'mask'. Throws TypeError or
  // ValueError before anything is written.
  BatchOutput(const pybind11::object& out, std::size_t frames, std::size_t width,
              const pybind11::dtype& dtype, pybind11::handle source, const std::string& errors);

  template <typename T>
  [[nodiscard]] T* items() {
    return static_cast<T*>(array_.mutable_data());
  }
  // One byte a frame for Rig's methods; null where bad frames raise.
  [[nodiscard]] uint8_t* valid() noexcept { return valid_; }
  // The array, or (array, mask).
  [[nodiscard]] pybind11::object result() const;

 private:
  pybind11::array array_;
  pybind11::object mask_;
  uint8_t* valid_ = nullptr;
};

}  // namespace rigjit::python
