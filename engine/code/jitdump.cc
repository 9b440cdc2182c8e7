#include "code/jitdump.h"

#include <elf.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <type_traits>
#include <vector>

namespace rigjit {
namespace {

constexpr uint32_t kMagic = 0x4A695444;  // "JiTD" when read as a number of this machine
constexpr uint32_t kVersion = 1;
constexpr uint32_t kCodeLoad = 0;
#if defined(__aarch64__)
constexpr uint32_t kMachine = EM_AARCH64;
#else
constexpr uint32_t kMachine = EM_X86_64;
#endif

struct FileHeader {
  uint32_t magic;
  uint32_t version;
  uint32_t total_size;  // of this header, bytes
  uint32_t elf_mach;
  uint32_t pad1;
  uint32_t pid;
  uint64_t timestamp;  // nanoseconds of CLOCK_MONOTONIC, as everywhere here
  uint64_t flags;
};
static_assert(sizeof(FileHeader) == 40 && std::has_unique_object_representations_v<FileHeader>);

// Followed by the name with its NUL and the bytes of the code.
struct CodeLoad {
  uint32_t id;
  uint32_t total_size;  // with name and code, bytes
  uint64_t timestamp;
  uint32_t pid;
  uint32_t tid;
  uint64_t vma;
  uint64_t code_addr;
  uint64_t code_size;
  uint64_t code_index;
};
static_assert(sizeof(CodeLoad) == 56 && std::has_unique_object_representations_v<CodeLoad>);

uint64_t now_ns() {
  struct timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(time.tv_nsec);
}

std::string date() {
  const std::time_t now = std::time(nullptr);
  struct tm local{};
  ::localtime_r(&now, &local);
  char text[16];
  return {text, std::strftime(text, sizeof(text), "%Y%m%d", &local)};
}

std::unexpected<std::string> cannot(const char* what, const std::string& path, int error) {
  return std::unexpected(std::string("cannot ") + what + " " + path + ": " + errno_text(error));
}

}  // namespace

JitDump::JitDump(std::string path, const struct stat& status, void* marker)
    : path_(std::move(path)), status_(status), pid_(::getpid()), marker_(marker) {}

JitDump::~JitDump() { ::munmap(marker_, 1); }

std::expected<std::unique_ptr<JitDump>, std::string> JitDump::create(const std::string& directory) {
  std::string path = directory;
  for (const char* folder : {"/.debug", "/jit"}) {
    path += folder;
    if (const SysStatus made = make_directory(path.c_str()); !made) {
      return cannot("make", path, made.error());
    }
  }
  path += "/rigjit-" + date() + ".XXXXXX";
  if (const SysStatus made = make_unique_directory(path); !made) {
    return cannot("make", path, made.error());
  }
  path += "/jit-" + std::to_string(::getpid()) + ".dump";
  const std::expected<UniqueFd, int> file = open_to_append(path.c_str());
  if (!file) return cannot("make", path, file.error());
  const std::expected<struct stat, int> status = status_of(file->get());
  if (!status) return cannot("make", path, status.error());

  FileHeader header{kMagic, kVersion, sizeof(FileHeader), kMachine, 0, 0, now_ns(), 0};
  header.pid = static_cast<uint32_t>(::getpid());
  const auto* bytes = reinterpret_cast<const uint8_t*>(&header);
  if (const SysStatus written = write_all(file->get(), {bytes, sizeof(header)}); !written) {
    return cannot("write", path, written.error());
  }
  void* marker = ::mmap(nullptr, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, file->get(), 0);
  if (marker == MAP_FAILED) return cannot("map executable", path, errno);
  return std::unique_ptr<JitDump>(new JitDump(std::move(path), *status, marker));
}

SysStatus JitDump::write(std::string_view name, std::span<const uint8_t> code) {
  const uint64_t size = sizeof(CodeLoad) + name.size() + 1 + code.size();
  if (size > UINT32_MAX) return std::unexpected(EFBIG);
  const std::expected<UniqueFd, int> file = open_to_append(path_.c_str());
  if (!file) return std::unexpected(file.error());
  const std::expected<struct stat, int> status = status_of(file->get());
  if (!status) return std::unexpected(status.error());
  if (status->st_ino != status_.st_ino || status->st_dev != status_.st_dev) {
    return std::unexpected(ESTALE);
  }
  CodeLoad load{kCodeLoad, static_cast<uint32_t>(size), now_ns(), 0, 0, 0, 0, code.size(), 0};
  load.pid = static_cast<uint32_t>(pid_);
  load.tid = static_cast<uint32_t>(::syscall(SYS_gettid));
  load.vma = load.code_addr = reinterpret_cast<uintptr_t>(code.data());
  load.code_index = next_index_.fetch_add(1, std::memory_order_relaxed);

  // One write, so that records of several threads do not mix.
  std::vector<uint8_t> record(size);
  std::memcpy(record.data(), &load, sizeof(load));
  std::memcpy(record.data() + sizeof(load), name.data(), name.size());
  std::memcpy(record.data() + size - code.size(), code.data(), code.size());
  return write_all(file->get(), record);
}

}  // namespace rigjit
