// Text that may name a path, which is any bytes: those that are no UTF-8 become lone surrogates and
// these become the bytes again, as os.fsdecode and os.fsencode do.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <string_view>

namespace rigjit::python {

inline pybind11::str text_of(std::string_view bytes) {
  PyObject* text =
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "surrogateescape");
  if (text == nullptr) {
    throw pybind11::error_already_set();
  }
  return pybind11::reinterpret_steal<pybind11::str>(text);
}

inline std::string bytes_of(const pybind11::str& text) {
  PyObject* bytes = PyUnicode_AsEncodedString(text.ptr(), "utf-8", "surrogateescape");
  if (bytes == nullptr) {
    throw pybind11::error_already_set();
  }
  return pybind11::reinterpret_steal<pybind11::bytes>(bytes);
}

}  // namespace rigjit::python
