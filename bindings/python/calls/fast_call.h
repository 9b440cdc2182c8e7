// Methods called once a frame, as raw METH_FASTCALL descriptors: pybind11's dispatch alone would
// cost half as much as a conversion.
#pragma once

#include <cxxabi.h>
#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>

#include "support/without_gil.h"

namespace rigjit::python {

using Arguments = PyObject* const*;
using FastMethod = PyObject* (*)(PyObject* self, Arguments args, Py_ssize_t places,
                                 PyObject* keywords);

// What a method takes, by place or by keyword; the first `required` names must be given.
template <std::size_t count>
struct Signature {
  const char* function;
  const char* names[count];
  std::size_t required = count;
};

// Any way to give arguments; see arrange.
bool arrange_any(const char* function, const char* const* names, std::size_t count,
                 std::size_t required, Arguments args, Py_ssize_t places, PyObject* keywords,
                 PyObject** arranged);

// Puts a call's arguments in the order of the signature's names; null for one that was not given.
// False with TypeError set where one is missing, unknown or given twice.
template <std::size_t count>
bool arrange(const Signature<count>& signature, Arguments args, Py_ssize_t places,
             PyObject* keywords, PyObject* (&arranged)[count]) {
  const auto given = static_cast<std::size_t>(places);
  if (keywords == nullptr && signature.required <= given && given <= count) [[likely]] {
    for (std::size_t i = 0; i < count; ++i) {
      arranged[i] = i < given ? args[i] : nullptr;
    }
    return true;
  }
  return arrange_any(signature.function, signature.names, count, signature.required, args, places,
                     keywords, arranged);
}

// Runs `function`, which returns a new reference; C++ exceptions become Python's.
template <typename Function>
PyObject* guarded(Function&& function) noexcept {
  try {
    return function();
  } catch (pybind11::error_already_set& error) {
    error.restore();
  } catch (const pybind11::builtin_exception& error) {
    error.set_error();
  } catch (const abi::__forced_unwind&) {
    wait_for_the_end();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
  return nullptr;
}

// doc: "name($self, /, vec)\n--\n\n..." A definition lives as long as the process.
inline PyMethodDef fast_method(const char* name, FastMethod method, const char* doc) noexcept {
  // What GCC takes for a cast that is meant. NOLINTNEXTLINE(bugprone-casting-through-void)
  const auto function = reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(method));
  return {name, function, METH_FASTCALL | METH_KEYWORDS, doc};
}

// Adds a descriptor to a class. Throws pybind11::error_already_set.
void add_method(pybind11::handle type, PyMethodDef& method);

}  // namespace rigjit::python
