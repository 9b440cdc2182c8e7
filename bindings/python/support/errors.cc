#include "support/errors.h"

#include <pybind11/stl.h>

#include <cerrno>

#include "support/path_text.h"
#include "support/whole_number.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

py::object rig_error_type() { return py::module_::import("rigjit._errors").attr("RigError"); }

py::object exception_type(Error::Category category) {
  switch (category) {
    case Error::Category::kType:
      return py::reinterpret_borrow<py::object>(PyExc_TypeError);
    case Error::Category::kFile:
      return py::reinterpret_borrow<py::object>(PyExc_OSError);
    case Error::Category::kRig:
      break;
  }
  return rig_error_type();
}

py::object file_of(const Error& error) {
  return error.file ? py::object(text_of(*error.file)) : py::none();
}

// A line or a column, or None.
std::optional<uint32_t> place_from(const py::object& number, const char* name) {
  const std::optional<int64_t> found = optional_whole_number(number, name, 0, UINT32_MAX);
  return found ? std::optional(static_cast<uint32_t>(*found)) : std::nullopt;
}

Error make_error(std::string code, const py::str& message, const std::optional<py::str>& file,
                 const py::object& line, const py::object& column, std::optional<std::string> path,
                 std::optional<std::string> suggestion) {
  Error error;
  error.code = std::move(code);
  error.message = bytes_of(message);
  if (file) {
    error.file = bytes_of(*file);
  }
  error.line = place_from(line, "line");
  error.column = place_from(column, "column");
  error.path = std::move(path);
  error.suggestion = std::move(suggestion);
  return error;
}

// What __init__ takes, in its order: how an Error is pickled and compared.
py::tuple fields(const Error& error) {
  return py::make_tuple(error.code, text_of(error.message), file_of(error), error.line,
                        error.column, error.path, error.suggestion);
}

}  // namespace

void set_python_error(const Errors& errors) {
  if (errors.front().code == "interrupted" && PyErr_CheckSignals() != 0) {
    return;
  }
  const Error::Category category = errors.front().category;
  const py::object type = exception_type(category);
  const Error& first = errors.front();
  if (category == Error::Category::kRig) {
    PyErr_SetObject(type.ptr(), py::cast(errors).ptr());
  } else if (first.system_error != 0 && first.file) {
    errno = first.system_error;
    PyErr_SetFromErrnoWithFilename(type.ptr(), first.file->c_str());
  } else {
    PyErr_SetObject(type.ptr(), text_of(to_string(errors)).ptr());
  }
}

void throw_python_error(const Errors& errors) {
  set_python_error(errors);
  throw py::error_already_set();
}

void bind_error(py::module_& module) {
  py::class_<Error> error(module, "Error", py::is_final(),
                          "One mistake: what, where, and what to write instead.");
  error
      .def(py::init(&make_error), py::arg("code"), py::arg("message"), py::arg("file") = py::none(),
           py::arg("line") = py::none(), py::arg("column") = py::none(),
           py::arg("path") = py::none(), py::arg("suggestion") = py::none())
      .def_readonly("code", &Error::code, "Stable name of the kind of mistake: 'unknown-key'.")
      .def_property_readonly(
          "message", [](const Error& self) { return text_of(self.message); },
          "One sentence, without the location.")
      .def_property_readonly("file", &file_of)
      .def_readonly("line", &Error::line, "From 1.")
      .def_readonly("column", &Error::column, "In characters, from 1.")
      .def_readonly("path", &Error::path, "'$.controllers[2].name', 'vec[14]'.")
      .def_readonly("suggestion", &Error::suggestion, "What to write instead.")
      .def("__str__", [](const Error& self) { return text_of(self.to_string()); })
      .def("__repr__",
           [](const Error& self) { return text_of("<rigjit.Error " + self.to_string() + ">"); })
      .def("__eq__",
           [](const Error& self, const py::object& other) -> py::object {
             if (!py::isinstance<Error>(other)) {
               return py::reinterpret_borrow<py::object>(Py_NotImplemented);
             }
             return py::bool_(fields(self).equal(fields(other.cast<const Error&>())));
           })
      .def("__hash__", [](const Error& self) { return py::hash(fields(self)); })
      .def("__reduce__", [](const py::object& self) {
        return py::make_tuple(py::type::of(self), fields(self.cast<const Error&>()));
      });
  error.attr("__module__") = "rigjit";
}

}  // namespace rigjit::python
