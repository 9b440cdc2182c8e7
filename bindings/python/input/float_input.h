// A caller's batch as float32 in C order.
#pragma once

#include <pybind11/numpy.h>

#include <cstddef>

namespace rigjit::python {

class FloatInput {
 public:
  // vec: (size,), as a batch of one that stays as it is while the GIL is released; whatever
  // rigjit._arrays.vector takes.
  static FloatInput vector(pybind11::handle vec, std::size_t size);
  // vecs: (n, size), anything that rigjit._arrays.vectors takes. Throws
  // pybind11::error_already_set.
  static FloatInput batch(pybind11::handle vecs, std::size_t size);

  // The same, called values in errors.
  static FloatInput values(pybind11::handle values, std::size_t size);

  // Valid as long as this object; not null unless the batch is empty.
  [[nodiscard]] const float* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t frames() const noexcept { return frames_; }
  // The converted array, to tell whether an output overlaps it.
  [[nodiscard]] pybind11::handle array() const noexcept { return array_; }

 private:
  static FloatInput of(pybind11::handle batch, std::size_t size, const char* name);
  FloatInput(pybind11::object array, std::size_t frames);

  pybind11::object array_;  // keeps the memory
  const float* data_;
  std::size_t frames_;
};

}  // namespace rigjit::python
