// load, loads, and pickling by the spec's text.
#include <fcntl.h>
#include <pybind11/stl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>

#include "errors.h"
#include "loaded_rig.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

std::unique_ptr<LoadedRig> load_source(RigSource source) {
  Result<Rig> rig = [&] {
    const py::gil_scoped_release release;
    return loads(source.text, source.options, source.file);
  }();
  if (!rig.ok()) {
    throw_python_error(rig.errors());
  }
  auto loaded = std::make_unique<LoadedRig>(*std::move(rig), std::move(source));
  if (!loaded->rig.cache_note().empty()) {
    py::module_::import("rigjit._errors")
        .attr("log_cache_note")(loaded->rig.name(), loaded->rig.cache_note());
  }
  return loaded;
}

// A str, bytes or path-like object as the bytes that the system takes.
std::string file_name(const py::object& path) {
  PyObject* encoded = nullptr;
  if (PyUnicode_FSConverter(path.ptr(), &encoded) == 0) {
    throw py::error_already_set();
  }
  return py::reinterpret_steal<py::bytes>(encoded);
}

class File {
 public:
  explicit File(const std::string& name) : fd_(::open(name.c_str(), O_RDONLY | O_CLOEXEC)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

// A spec larger than this is refused unread.
constexpr std::size_t kMaxSpecBytes = std::size_t{32} << 20;

// The text, at most one byte longer than a spec may be: enough for loads() to refuse it by its
// size. Empty with errno set where it cannot be read; EFBIG: a file refused unread.
std::optional<std::string> read_text(const std::string& name) {
  const File file(name);
  if (file.fd() < 0) {
    return std::nullopt;
  }
  struct stat status{};
  if (::fstat(file.fd(), &status) != 0) {
    return std::nullopt;
  }
  if (S_ISREG(status.st_mode) && static_cast<std::size_t>(status.st_size) > kMaxSpecBytes) {
    errno = EFBIG;
    return std::nullopt;
  }
  std::string text;
  std::size_t used = 0;
  std::size_t wanted = std::min(static_cast<std::size_t>(status.st_size), kMaxSpecBytes) + 1;
  while (used <= kMaxSpecBytes) {
    text.resize(std::max(wanted, std::min(2 * used, kMaxSpecBytes + 1)));
    const ssize_t count = ::read(file.fd(), text.data() + used, text.size() - used);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return std::nullopt;
    }
    if (count == 0) {
      break;
    }
    used += static_cast<std::size_t>(count);
    wanted = used + 4096;
  }
  text.resize(used);
  return text;
}

// What loads() says of a text that is too large.
Error too_large(std::string file) {
  Error error;
  error.code = "file-too-large";
  error.message = "a spec has at most 32 MB";
  error.file = std::move(file);
  error.line = 1;
  error.column = 1;
  return error;
}

LoadOptions make_options(const py::object& cache_dir, bool cache,
                         std::optional<std::string> target) {
  LoadOptions options;
  if (!cache_dir.is_none()) {
    options.cache_dir = file_name(cache_dir);
  }
  options.cache = cache;
  options.target = std::move(target);
  return options;
}

std::unique_ptr<LoadedRig> load_path(const py::object& path, const py::object& cache_dir,
                                     bool cache, std::optional<std::string> target) {
  std::string name = file_name(path);
  LoadOptions options = make_options(cache_dir, cache, std::move(target));
  int error = 0;
  std::optional<std::string> text = [&] {
    const py::gil_scoped_release release;
    std::optional<std::string> read = read_text(name);
    error = errno;
    return read;
  }();
  if (!text && error == EFBIG) {
    throw_python_error({too_large(std::move(name))});
  }
  if (!text) {
    errno = error;
    PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path.ptr());
    throw py::error_already_set();
  }
  return load_source({*std::move(text), std::move(name), std::move(options)});
}

std::unique_ptr<LoadedRig> load_text(const std::string& text, const py::object& cache_dir,
                                     bool cache, std::optional<std::string> target) {
  return load_source({text, "<string>", make_options(cache_dir, cache, std::move(target))});
}

// What pickle calls with what __reduce__ returned.
std::unique_ptr<LoadedRig> restore(const py::bytes& text, const py::bytes& file,
                                   const std::optional<py::bytes>& cache_dir, bool cache,
                                   std::optional<std::string> target) {
  LoadOptions options;
  if (cache_dir) {
    options.cache_dir = static_cast<std::string>(*cache_dir);
  }
  options.cache = cache;
  options.target = std::move(target);
  return load_source({text, file, std::move(options)});
}

py::tuple reduce(const LoadedRig& self) {
  const RigSource& source = self.source;
  std::optional<py::bytes> cache_dir;
  if (source.options.cache_dir) {
    cache_dir = py::bytes(*source.options.cache_dir);
  }
  const py::object function = py::module_::import("rigjit._rigjit").attr("_restore");
  return py::make_tuple(function,
                        py::make_tuple(py::bytes(source.text), py::bytes(source.file), cache_dir,
                                       source.options.cache, source.options.target));
}

}  // namespace

void bind_load(py::module_& module, RigClass& rig) {
  module.def(
      "load", &load_path, py::arg("path"), py::kw_only(), py::arg("cache_dir") = py::none(),
      py::arg("cache") = true, py::arg("target") = py::none(),
      "Load the rig of a spec file; compile it unless its code is cached.\n\n"
      "cache_dir: directory of cached code, instead of the user's. cache=False: nothing is\n"
      "read from or written to disk. target: 'x86-64-v3', instead of the best that this\n"
      "machine runs. Raises RigError with every mistake of the spec, OSError where the file\n"
      "cannot be read.");
  module.def("loads", &load_text, py::arg("text"), py::kw_only(), py::arg("cache_dir") = py::none(),
             py::arg("cache") = true, py::arg("target") = py::none(),
             "Load a rig from a spec's text, str or UTF-8 bytes; otherwise like load.");
  module.def("_restore", &restore);
  rig.def("__reduce__", &reduce);
  // A rig is immutable.
  rig.def("__copy__", [](const py::object& self) { return self; });
  rig.def("__deepcopy__", [](const py::object& self, const py::object&) { return self; });
}

}  // namespace rigjit::python
