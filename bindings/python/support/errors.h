// rigjit's errors as Python's exceptions.
#pragma once

#include <pybind11/pybind11.h>

#include <utility>

#include "rigjit/error.h"
#include "rigjit/result.h"
#include "support/without_gil.h"

namespace rigjit::python {

// Sets RigError, TypeError or OSError by the first error's category. The GIL is held.
void set_python_error(const Errors& errors);

// The same as a C++ exception, for functions that pybind11 calls.
[[noreturn]] void throw_python_error(const Errors& errors);

template <typename T>
T value_or_throw(Result<T> result) {
  if (!result.ok()) {
    throw_python_error(result.errors());
  }
  return *std::move(result);
}

// Runs a checked conversion of Rig for a vector that its kernel refused, to say what is wrong with
// it. False with the exception set. True if it is fine now: others may write to a caller's memory.
template <typename Conversion>
[[gnu::cold, gnu::noinline]] bool succeeded(Conversion&& convert) {
  // Saying what is wrong may read the spec again, or compile.
  const auto result = [&] {
    const WithoutGil release;
    return convert();
  }();
  if (!result.ok()) {
    set_python_error(result.errors());
  }
  return result.ok();
}

void bind_error(pybind11::module_& module);

}  // namespace rigjit::python
