#include "input/spec_source.h"

#include <cerrno>
#include <utility>

#include "base/spec_text.h"
#include "support/errors.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {

std::string file_name(const py::object& path) {
  PyObject* encoded = nullptr;
  if (PyUnicode_FSConverter(path.ptr(), static_cast<void*>(&encoded)) == 0) {
    throw py::error_already_set();
  }
  return py::reinterpret_steal<py::bytes>(encoded);
}

SpecSource read_spec_file(const py::object& path) {
  std::string name = file_name(path);
  Result<std::string> text = [&] {
    const WithoutGil release;
    return read_spec(name);
  }();
  if (!text && text.errors().front().system_error != 0) {
    errno = text.errors().front().system_error;
    PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path.ptr());
    throw py::error_already_set();
  }
  if (!text) {
    throw_python_error(text.errors());
  }
  std::string directory = directory_of(name);
  return SpecSource::text(*std::move(text), std::move(name), std::move(directory));
}

}  // namespace rigjit::python
