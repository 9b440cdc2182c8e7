#include "input/spec_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "support/errors.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

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
  int error = 0;
  std::optional<std::string> text = [&] {
    const WithoutGil release;
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
  std::string directory = directory_of(name);
  return SpecSource::text(*std::move(text), std::move(name), std::move(directory));
}

}  // namespace rigjit::python
