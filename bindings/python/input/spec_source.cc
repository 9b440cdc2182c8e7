#include "input/spec_source.h"

#include <cerrno>
#include <string_view>
#include <utility>

#include "base/posix_file.h"
#include "base/spec_text.h"
#include "support/errors.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// Whether what is given as a path is a spec's text.
bool is_text_of_spec(std::string_view name) {
  return name.find("rigjit:") != std::string_view::npos ||
         (name.find('\n') != std::string_view::npos && name.find(':') != std::string_view::npos);
}

}  // namespace

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
  const int error = text ? 0 : text.errors().front().system_error;
  if (error != 0 && is_text_of_spec(name)) {
    const py::object message = py::str(errno_text(error) +
                                       "; this is the text of a spec, not a path: call "
                                       "rigjit.loads(text)");
    PyErr_SetObject(PyExc_OSError, py::make_tuple(error, message).ptr());
    throw py::error_already_set();
  }
  if (error != 0) {
    errno = error;
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
