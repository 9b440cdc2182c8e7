#include "cache/publish.h"

#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "base/byte_codec.h"
#include "base/checksum.h"
#include "base/new_file.h"
#include "base/posix_file.h"

namespace rigjit {
namespace {

constexpr int kNameAttempts = 8;

std::string temporary_name() {
  std::array<uint8_t, 16> random{};
  if (::getrandom(random.data(), random.size(), GRND_NONBLOCK) != std::ssize(random)) {
    // Early in a boot; O_EXCL settles what a clock leaves open.
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    std::memcpy(random.data(), &now, sizeof(now));
  }
  return std::string(kTemporaryPrefix) + std::to_string(::getpid()) + "-" +
         checksum({random}).to_hex();
}

std::unexpected<std::string> failure(const StepFault& fault) {
  return std::unexpected(std::string(fault.step) + " failed: " + errno_text(fault.error));
}

std::expected<void, StepFault> finish(NewFile file, const std::string& name,
                                      std::span<const uint8_t> bytes) {
  if (const SysStatus usable = let_owner_use(file.fd()); !usable) {
    return std::unexpected(StepFault{"setting its mode", usable.error()});
  }
  if (const SysStatus written = write_all(file.fd(), bytes); !written) {
    return std::unexpected(StepFault{"writing", written.error()});
  }
  return file.publish(name);
}

}  // namespace

std::expected<void, std::string> publish(int directory, const std::string& name,
                                         std::span<const uint8_t> bytes) {
  std::string temporary = temporary_name();
  std::expected<UniqueFd, int> file = create_file_at(directory, temporary.c_str());
  for (int i = 1; i < kNameAttempts && !file && file.error() == EEXIST; ++i) {
    temporary = temporary_name();
    file = create_file_at(directory, temporary.c_str());
  }
  if (!file) return failure({"creating a file", file.error()});
  const std::expected<void, StepFault> done =
      finish(NewFile(*std::move(file), directory, temporary), name, bytes);
  if (!done) return failure(done.error());
  return {};
}

}  // namespace rigjit
