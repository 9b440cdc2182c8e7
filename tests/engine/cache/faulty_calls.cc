#include "faulty_calls.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <type_traits>

namespace rigjit {
namespace {

bool armed = false;
FaultPlan plan;
std::vector<std::string> names;

// Counts a call; whether it is one to spoil.
bool is_due(const char* name) {
  if (!armed) return false;
  names.emplace_back(name);
  const int number = static_cast<int>(names.size());
  return plan.at != 0 && (number == plan.at || (plan.lasting && number > plan.at));
}

template <typename Result>
Result failure() {
  errno = plan.error;
  if constexpr (std::is_pointer_v<Result>) {
    return nullptr;
  } else {
    return -1;
  }
}

template <typename Call>
auto spoil(const char* name, Call call) {
  const bool due = is_due(name);
  if (due && plan.fault == Fault::kCrash) ::_exit(kCrashStatus);
  if (due && plan.fault == Fault::kError) return failure<decltype(call())>();
  auto result = call();
  if (due && plan.fault == Fault::kCrashAfter) ::_exit(kCrashStatus);
  return result;
}

// Of a call that moves `size` bytes.
template <typename Call>
ssize_t spoil_transfer(const char* name, std::size_t size, Call call) {
  const bool due = is_due(name);
  if (due && plan.fault == Fault::kCrash) ::_exit(kCrashStatus);
  if (due && plan.fault == Fault::kError) return failure<ssize_t>();
  const bool is_short = plan.fault == Fault::kShort || plan.fault == Fault::kShortAndCrash;
  const ssize_t result = call(due && is_short ? std::max<std::size_t>(size / 2, 1) : size);
  if (due && (plan.fault == Fault::kCrashAfter || plan.fault == Fault::kShortAndCrash)) {
    ::_exit(kCrashStatus);
  }
  return result;
}

}  // namespace

FaultyCalls::FaultyCalls(const FaultPlan& wanted) : plan_(wanted) {
  plan = wanted;
  names.clear();
  armed = true;
}

FaultyCalls::~FaultyCalls() { armed = false; }

const std::vector<std::string>& FaultyCalls::calls() const { return names; }

bool FaultyCalls::happened() const {
  return plan_.at != 0 && names.size() >= static_cast<std::size_t>(plan_.at);
}

}  // namespace rigjit

// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names.
using rigjit::spoil;
using rigjit::spoil_transfer;

#define RIGJIT_WRAP(result, name, parameters, arguments)          \
  result __real_##name parameters;                                \
  result __wrap_##name parameters;                                \
  result __wrap_##name parameters {                               \
    return spoil(#name, [&] { return __real_##name arguments; }); \
  }

extern "C" {
RIGJIT_WRAP(int, mkdirat, (int at, const char* path, mode_t mode), (at, path, mode))
RIGJIT_WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode))
RIGJIT_WRAP(int, fstat, (int fd, struct stat* status), (fd, status))
RIGJIT_WRAP(int, fstatat, (int at, const char* path, struct stat* status, int flags),
            (at, path, status, flags))
RIGJIT_WRAP(int, faccessat, (int at, const char* path, int mode, int flags),
            (at, path, mode, flags))
RIGJIT_WRAP(int, renameat, (int from, const char* name, int to, const char* new_name),
            (from, name, to, new_name))
RIGJIT_WRAP(int, unlinkat, (int at, const char* path, int flags), (at, path, flags))
RIGJIT_WRAP(int, futimens, (int fd, const struct timespec* times), (fd, times))
RIGJIT_WRAP(DIR*, fdopendir, (int fd), (fd))
RIGJIT_WRAP(dirent*, readdir, (DIR * stream), (stream))
RIGJIT_WRAP(ssize_t, getrandom, (void* buffer, size_t size, unsigned flags), (buffer, size, flags))

int __real_openat(int at, const char* path, int flags, mode_t mode);
int __wrap_openat(int at, const char* path, int flags, mode_t mode);
int __wrap_openat(int at, const char* path, int flags, mode_t mode) {
  return spoil("openat", [&] { return __real_openat(at, path, flags, mode); });
}

// The number is free again, whatever close says.
int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd) {
  bool closed = false;
  const auto close = [&] {
    closed = true;
    return __real_close(fd);
  };
  const int result = spoil("close", close);
  const int error = errno;
  if (!closed) close();
  errno = error;
  return result;
}

ssize_t __real_pread(int fd, void* data, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void* data, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void* data, size_t size, off_t offset) {
  return spoil_transfer("pread", size,
                        [&](size_t part) { return __real_pread(fd, data, part, offset); });
}

ssize_t __real_write(int fd, const void* data, size_t size);
ssize_t __wrap_write(int fd, const void* data, size_t size);
ssize_t __wrap_write(int fd, const void* data, size_t size) {
  return spoil_transfer("write", size, [&](size_t part) { return __real_write(fd, data, part); });
}

void* __real_mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset);
void* __wrap_mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset);
void* __wrap_mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset) {
  const auto call = [&] { return __real_mmap(address, size, protection, flags, fd, offset); };
  if (fd < 0 && rigjit::plan.files_only) return call();
  void* result = spoil("mmap", call);
  return result == nullptr ? MAP_FAILED : result;
}

int __real_mprotect(void* address, size_t size, int protection);
int __wrap_mprotect(void* address, size_t size, int protection);
int __wrap_mprotect(void* address, size_t size, int protection) {
  const auto call = [&] { return __real_mprotect(address, size, protection); };
  return rigjit::plan.files_only ? call() : spoil("mprotect", call);
}
}
// NOLINTEND(bugprone-reserved-identifier)
