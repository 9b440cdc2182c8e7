// A caller's writable memory, held while a frame is written into it.
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>

namespace rigjit::python {

class WritableBuffer {
 public:
  // Throws ValueError where `object` cannot take `size` bytes, TypeError where it is no buffer.
  WritableBuffer(PyObject* object, std::size_t size);
  WritableBuffer(const WritableBuffer&) = delete;
  WritableBuffer& operator=(const WritableBuffer&) = delete;
  ~WritableBuffer() { PyBuffer_Release(&view_); }

  [[nodiscard]] uint8_t* data() const noexcept { return static_cast<uint8_t*>(view_.buf); }

 private:
  Py_buffer view_;
};

}  // namespace rigjit::python
