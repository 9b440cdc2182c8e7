// Where a caller wants a message written: `out` of vec_to_rig.
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>

namespace rigjit::python {

class MessageOutput {
 public:
  // Throws ValueError where `out` is not a writable contiguous buffer of just `size` bytes,
  // TypeError where it is no buffer.
  MessageOutput(PyObject* out, std::size_t size);
  MessageOutput(const MessageOutput&) = delete;
  MessageOutput& operator=(const MessageOutput&) = delete;
  ~MessageOutput();

  // Where to write, until Python code runs again. Throws ValueError where such code has changed
  // out's size since.
  [[nodiscard]] uint8_t* data() const;
  // Makes the bytes no message: 0xc1, which MessagePack never uses. Not where data() would throw.
  void spoil() const noexcept;

 private:
  PyObject* const out_;  // borrowed
  const std::size_t size_;
  Py_buffer view_;
  bool has_view_ = false;  // else `out_` is asked for its memory, each time
};

}  // namespace rigjit::python
